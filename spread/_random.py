"""Seeds: one integer decides every random draw of a call (SPEC 7)."""

import contextlib
import random
from collections.abc import Iterator

import numpy as np

from spread._errors import UsageError

_ALLOWED = "None, an integer >= 0 or a numpy.random.Generator"


def resolve_seed(rng: np.random.Generator | int | None) -> int:
    """Return the one integer that stands for `rng`, to be stored in the result.

    None takes fresh entropy; a Generator is advanced by one draw.

    Examples
    --------
    >>> resolve_seed(7)
    7
    """
    if rng is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> 1)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    if not isinstance(rng, bool) and isinstance(rng, int | np.integer) and rng >= 0:
        return int(rng)
    raise UsageError("rng cannot be used", got=repr(rng), allowed=_ALLOWED)


def stream(seed: int, *keys: int) -> np.random.Generator:
    """Return the generator number `keys` of a seed: independent of every other number.

    Examples
    --------
    >>> bool(stream(1, 2).random() == stream(1, 2).random())
    True
    """
    return np.random.default_rng([seed, *keys])


@contextlib.contextmanager
def igraph_random(seed: int, *keys: int) -> Iterator[None]:
    """Let igraph draw from number `keys` of a seed inside the block.

    Afterwards, after an error too, igraph draws from Python's `random` again, as it
    does from the start; igraph cannot tell which generator it had before.

    Examples
    --------
    >>> with igraph_random(1, 2):
    ...     pass
    """
    import igraph

    igraph.set_random_number_generator(random.Random(int(stream(seed, *keys).integers(2**63))))
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)
