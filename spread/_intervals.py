"""The interval of a share, as every room tells it."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Z_95", "quantiles", "wilson"]

Numbers = NDArray[np.float64]

_COLUMNS: Final = 8_192

Z_95: Final = 1.959963984540054
"""Two-sided 95 % of the normal law."""


def wilson(successes: ArrayLike, trials: ArrayLike) -> tuple[Numbers, Numbers]:
    """Return Wilson's 95 % limits of shares; 0 and 1 where there was no trial.

    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> [round(float(end), 4) for end in wilson(6, 500)]
    [0.0055, 0.0259]
    """
    n = np.asarray(trials, dtype=float)
    tried = np.maximum(n, 1.0)
    share = np.asarray(successes, dtype=float) / tried
    weight = Z_95**2 / tried
    middle = (share + weight / 2) / (1 + weight)
    half = np.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    # At 0 and 1 the limits are exact; rounding would leave them beside.
    low = np.where((share <= 0) | (n < 1), 0.0, np.maximum(middle - half, 0.0))
    high = np.where((share >= 1) | (n < 1), 1.0, np.minimum(middle + half, 1.0))
    return low, high


def quantiles(
    replicates: NDArray[Any],
    at: Sequence[float],
    *,
    method: Literal["linear", "inverted_cdf"] = "linear",
) -> NDArray[Any]:
    """Return `np.quantile` of each column, some columns at a time to spare memory.

    Examples
    --------
    >>> quantiles(np.array([[1.0, 5.0], [2.0, 7.0], [4.0, 9.0]]), [0.5]).tolist()
    [[2.0, 7.0]]
    """
    blocks = [
        np.quantile(
            np.array(replicates[:, first : first + _COLUMNS].T, order="C"),
            at,
            axis=1,
            method=method,
            overwrite_input=True,
        )
        for first in range(0, max(replicates.shape[1], 1), _COLUMNS)
    ]
    return np.asarray(np.concatenate(blocks, axis=1))
