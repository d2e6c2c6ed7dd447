"""Numba, with types kept and a cache where one can be had."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., object])


def kernel(function: _Function) -> _Function:
    """Compile a function on flat arrays; the machine code is cached beside the source.

    The plain Python function stays reachable as `.py_func`. Where no folder for the
    cache can be written (a read-only installation without a home), the function is
    compiled anew in each process.

    Examples
    --------
    >>> kernel(lambda x: x + 1).py_func(1)
    2
    """
    try:
        return cast(_Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast(_Function, numba.njit(nogil=True)(function))
