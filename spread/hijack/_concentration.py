"""How alike those are who take part in one cascade: the Dirichlet-multinomial concentration."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

Floats = NDArray[np.float64]

_RANGE = (1e-3, 1e3)
_LEAST_CASCADES = 10
_LEAST_SHARE = 1e-6


def concentration(counts: Floats, shares: Floats) -> float:
    """Return the concentration φ by maximum likelihood, 0 to 1000.

    The accounts in cascade j fall into camps by a Dirichlet-multinomial around the shares
    of its time: log L(φ) = Σ_j lnΓ(φ) − lnΓ(φ + n_j) + Σ_k lnΓ(φ p_jk + c_jk) − lnΓ(φ p_jk).
    φ near 0: everyone in a cascade is of one camp; large: each account is drawn alone.
    Cascades of one account say nothing of it. It is 0, the cautious end, where fewer than
    10 cascades have more, or where the likelihood falls from the start.

    Parameters
    ----------
    counts, shares
        Cascades × camps: accounts by camp, and the probability of each camp at that time.

    Notes
    -----
    Mosimann 1962, doi:10.1093/biomet/49.1-2.65.

    Examples
    --------
    Cascades of one camp each, then cascades as mixed as independent draws:

    >>> shares = np.full((40, 2), 0.5)
    >>> concentration(np.tile([[8.0, 0.0], [0.0, 8.0]], (20, 1)), shares)
    0.0
    >>> concentration(np.full((40, 2), 4.0), shares) > 100
    True
    """
    several = counts.sum(axis=1) > 1
    if several.sum() < _LEAST_CASCADES:
        return 0.0
    seen = counts[several]
    p = np.maximum(shares[several], _LEAST_SHARE)
    p /= p.sum(axis=1, keepdims=True)

    def loss(log_phi: float) -> float:
        phi = np.exp(log_phi)
        return -log_likelihood(seen, p, float(phi))

    low, high = np.log(_RANGE)
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-3})
    return 0.0 if loss(low) <= found.fun else float(np.exp(found.x))


def log_likelihood(counts: Floats, shares: Floats, phi: float) -> float:
    """Return the log likelihood of ordered counts under a concentration."""
    spread = gammaln(phi) - gammaln(phi + counts.sum(axis=1))
    each = gammaln(phi * shares + counts) - gammaln(phi * shares)
    return float(np.sum(spread) + np.sum(each))
