"""How concentrated a tag is: focus, entropy and spread of its places."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_columns, require_count
from spread._intervals import Z_95, wilson
from spread._random import resolve_seed, stream
from spread.places._gazetteer import unit_vectors
from spread.places._geography import distance_km

__all__ = ["focus"]

_SAMPLES = 400
_LEAST_COMMON = 10


def focus(
    counts: pd.DataFrame,
    *,
    common: int | None = None,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return how concentrated each tag is: focus, entropy and spread of its places.

    With P(l) the share of a tag's occurrences at place l: focus is the largest P(l);
    entropy is −Σ P(l) log₂ P(l); spread is the mean great-circle distance of
    occurrences from their geographic midpoint (the direction of the mean of their unit
    vectors). Entropy is biased low in small samples; the Miller–Madow correction adds
    (places − 1) / (2 n ln 2) bits, the Chao–Shen estimate fills in the places not seen
    (coverage 1 − singletons / n); both are shown beside it. Tags of different size are
    compared in samples of one size: each is thinned to `common` occurrences without
    replacement, 400 times. One place: focus 1, entropy 0, spread 0.

    Parameters
    ----------
    counts
        `hashtag`, `place_id`, `users` (occurrences, > 0 to count), and for the spread
        `longitude`, `latitude` (degrees); as `adoption` returns them.
    common
        The size that tags are thinned to; by default that of the smallest tag with 10
        occurrences and more. Smaller tags get NaN.
    rng
        Seed or generator.

    Returns
    -------
    DataFrame
        One row a hashtag: `hashtag`, `users`, `places`, `focus`, `focus_low`,
        `focus_high` (95 % Wilson), `focus_place_id`, `entropy_bits`,
        `entropy_corrected_bits` and its 95 % interval `entropy_low`, `entropy_high`
        (normal, Var = (Σ P log₂² P − H²)/n), `spread_km`, `spread_low`, `spread_high`
        (normal; NaN without coordinates or with one occurrence), `entropy_chao_shen_bits`,
        `common` and, in samples of that size, `focus_common`, `entropy_common_bits`,
        `spread_common_km` (means) with `_low` and `_high` (95 % of the samples). The seed is
        in `.attrs["seed"]`.

    Raises
    ------
    UsageError
        `common` is below 1.

    References
    ----------
    Kamath, Caverlee, Lee, Cheng (2013), Spatio-temporal dynamics of online memes,
    WWW, https://doi.org/10.1145/2488388.2488447. Miller (1955), Note on the bias of
    information estimates. Chao, Shen (2003), https://doi.org/10.1023/A:1026096204727.
    Hurlbert (1971), https://doi.org/10.2307/1934145 (rarefaction).

    Examples
    --------
    >>> counts = pd.DataFrame({"hashtag": "a", "place_id": ["1", "2", "3"], "users": [8, 1, 1]})
    >>> focus(counts)[["focus", "entropy_bits"]].round(4).values.tolist()
    [[0.8, 0.9219]]
    """
    require_columns("counts", counts, ["hashtag", "place_id", "users"])
    if common is not None:
        require_count("common", common)
    seed = resolve_seed(rng)
    used = counts[counts["users"] > 0].sort_values("place_id")
    tags = list(used.groupby("hashtag", sort=True))
    sizes = [int(of_tag["users"].sum()) for _, of_tag in tags]
    enough = [size for size in sizes if size >= _LEAST_COMMON]
    size = common if common is not None else min(enough, default=_LEAST_COMMON)
    rows = [
        {"hashtag": hashtag, **_concentration(of_tag), **_thinned(str(hashtag), of_tag, size, seed)}
        for hashtag, of_tag in tags
    ]
    found = pd.DataFrame(rows, columns=["hashtag", *_CONCENTRATION, *_THINNED])
    found.attrs["seed"] = seed
    return found


_CONCENTRATION = (
    "users",
    "places",
    "focus",
    "focus_low",
    "focus_high",
    "focus_place_id",
    "entropy_bits",
    "entropy_corrected_bits",
    "entropy_low",
    "entropy_high",
    "spread_km",
    "spread_low",
    "spread_high",
    "entropy_chao_shen_bits",
)
_COMMON = ("focus_common", "entropy_common_bits", "spread_common_km")
_THINNED = ("common", *(f"{name}{limit}" for name in _COMMON for limit in ("", "_low", "_high")))


def _concentration(of_tag: pd.DataFrame) -> dict[str, object]:
    users = of_tag["users"].to_numpy(dtype=np.float64)
    n, share = users.sum(), users / users.sum()
    low, high = wilson(users.max(), n)
    entropy = _entropy(share)
    corrected = entropy + (len(users) - 1) / (2 * n * np.log(2))
    variance = max(float((share * np.log2(share) ** 2).sum()) - entropy**2, 0.0) / n
    half = Z_95 * np.sqrt(variance)
    spread, spread_half = _spread(of_tag, users)
    values = (
        int(n),
        len(users),
        float(share.max()),
        float(low),
        float(high),
        of_tag["place_id"].iloc[int(share.argmax())],
        entropy,
        corrected,
        max(corrected - half, 0.0),
        corrected + half,
        spread,
        max(spread - spread_half, 0.0),
        spread + spread_half,
        _chao_shen(users),
    )
    return dict(zip(_CONCENTRATION, values, strict=True))


def _entropy(share: NDArray[np.float64]) -> float:
    some = share[share > 0]
    return float(-(some * np.log2(some)).sum())


def _chao_shen(users: NDArray[np.float64]) -> float:
    """Return the entropy with places not seen filled in, in bits."""
    n, single = users.sum(), (users == 1).sum()
    coverage = 1 - min(single, n - 1) / n
    share = coverage * users / n
    return float(-(share * np.log2(share) / (1 - (1 - share) ** n)).sum())


def _thinned(hashtag: str, of_tag: pd.DataFrame, size: int, seed: int) -> dict[str, float]:
    """Return focus, entropy and spread in samples of one size, without replacement."""
    users = of_tag["users"].to_numpy(dtype=np.int64)
    if users.sum() < size:
        return {"common": size}
    rng = stream(seed, int.from_bytes(hashtag.encode(), "big"))
    samples = rng.multivariate_hypergeometric(users, size, size=_SAMPLES, method="marginals")
    measured = [
        (sample.max() / size, _entropy(sample / size), _spread(of_tag, sample.astype(float))[0])
        for sample in samples
    ]
    found: dict[str, float] = {"common": size}
    for name, values in zip(_COMMON, np.array(measured).T, strict=True):
        low, high = np.quantile(values, (0.025, 0.975))
        found |= {name: float(values.mean()), f"{name}_low": low, f"{name}_high": high}
    return found


def _spread(of_tag: pd.DataFrame, users: NDArray[np.float64]) -> tuple[float, float]:
    """Return the spread in km and half its 95 % interval."""
    if not {"longitude", "latitude"} <= set(of_tag.columns):
        return float("nan"), float("nan")
    longitude, latitude = (
        of_tag[name].to_numpy(dtype=np.float64) for name in ("longitude", "latitude")
    )
    middle = users @ unit_vectors(longitude, latitude)
    midpoint = (
        np.degrees(np.arctan2(middle[1], middle[0])),
        np.degrees(np.arctan2(middle[2], np.hypot(middle[0], middle[1]))),
    )
    away = distance_km((longitude, latitude), midpoint)
    n = users.sum()
    mean = float(users @ away / n)
    if n < 2:
        return mean, float("nan")
    deviation = np.sqrt(users @ (away - mean) ** 2 / (n - 1))
    return mean, float(Z_95 * deviation / np.sqrt(n))
