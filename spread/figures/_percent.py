"""Shares in per cent, in words and on axes; per cent stands apart from its number, as in text."""

import numpy as np

__all__ = ["likely", "percent", "percent_axis", "percent_decades"]


def percent(share: float) -> str:
    """Return a share in per cent, with a decimal below ten."""
    value = 100 * share
    return f"{value:.1f} %" if 0 < value < 9.95 else f"{value:.0f} %"


def percent_axis(most: float, *, ticks: int = 5) -> dict[str, object]:
    """Return the ticks of an axis of shares, in per cent, at round steps from nothing to `most`.

    Examples
    --------
    >>> percent_axis(0.13, ticks=3)["ticktext"]
    ['0 %', '5 %', '10 %']
    """
    raw = max(most, 1e-9) / max(ticks - 1, 1)
    power = 10.0 ** np.floor(np.log10(raw))
    step = power * next(size for size in (1, 2, 2.5, 5, 10) if size * power >= raw * 0.7)
    at = np.arange(int(most / step + 1e-9) + 1) * step
    return {"tickvals": at.tolist(), "ticktext": [f"{100 * value:.4g} %" for value in at]}


def percent_decades(least: float) -> dict[str, object]:
    """Return the ticks of a logarithmic axis of shares, in per cent, from `least` to all."""
    at = 10.0 ** np.arange(np.floor(np.log10(least)), 1)
    return {"tickvals": at.tolist(), "ticktext": [f"{100 * value:g} %" for value in at]}


def likely(probability: float) -> str:
    """Return a probability in per cent; near none and near all it says only how near."""
    if probability > 0.99:
        return "> 99 %"
    return "< 1 %" if probability < 0.01 else percent(probability)
