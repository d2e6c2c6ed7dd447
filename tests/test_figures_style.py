"""The house style: legible colours, honest clocks, labels that do not touch."""

import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread.figures import _clock, _percent, _style, _turn
from spread.report._look import STYLE


def contrast(colour: str, ground: str = "#ffffff") -> float:
    """Return the contrast ratio of two colours by the formula of WCAG 2.1."""

    def luminance(text: str) -> float:
        parts = np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_knows_black_on_white() -> None:
    assert contrast("#000000") == pytest.approx(21)  # WCAG 2.1, the greatest there is


@pytest.mark.parametrize(
    "colour",
    [_style.INK, _style.MUTED, _style.TAG, _style.ACCENT, _style.OTHER.ink]
    + [mark.ink for mark in _style.marks("ABCDEFGH").values()],
)
def test_text_of_figures_is_legible(colour: str) -> None:
    assert contrast(colour) >= 4.5  # WCAG AA for text


@pytest.mark.parametrize(
    ("text", "ground"),
    [("ink", "soft"), ("muted", "soft"), ("accent", "soft"), ("warn", "warn-soft")],
)
def test_text_of_the_page_is_legible(text: str, ground: str) -> None:
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", STYLE))
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("mark", [*_style.marks("ABCDEFGH").values()])
def test_lines_and_points_can_be_seen_on_white(mark: _style.Mark) -> None:
    """WCAG 2.1, 1.4.11: 3 to 1 for what is needed to understand a graphic."""
    assert contrast(mark.line) >= 3
    assert max(contrast(mark.fill), contrast(mark.outline)) >= 3


def test_the_colours_are_those_of_okabe_and_ito() -> None:
    # Okabe & Ito 2008, https://jfly.uni-koeln.de/color/, as red, green, blue
    palette = {(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0),
               (86, 180, 233), (0, 0, 0), (240, 228, 66)}  # fmt: skip
    fills = [mark.fill for name, mark in _style.marks("ABCDEFGH").items() if name != "other"]
    assert {tuple(int(fill[at : at + 2], 16) for at in (1, 3, 5)) for fill in fills} == palette


def test_symbols_tell_camps_apart_without_colour() -> None:
    assert len({mark.symbol for mark in _style.marks("ABCDEFGH").values()}) == 9


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_labels_keep_their_order_and_their_distance(places: list[float]) -> None:
    moved = _style.apart(places, 0.1, low=0, high=1)
    order = np.argsort(places, kind="stable")
    assert np.all(np.diff(moved[order]) >= 0.1 - 1e-12)  # the precision of sums of eight
    assert moved.min() >= -1e-12
    assert moved.max() <= 1 + 1e-12


def test_labels_far_apart_stay_where_they_are() -> None:
    np.testing.assert_array_equal(_style.apart([0.9, 0.1], 0.1, low=0, high=1), [0.9, 0.1])


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.5, "0.5 s"), (90, "1.5 min"), (3600, "1 h"), (100_000, "27.8 h"), (345_600, "4 days")],
)
def test_a_span_of_time_is_told_in_the_unit_in_which_it_reads_best(
    seconds: float, told: str
) -> None:
    assert _clock.duration(seconds) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [(0, "0 %"), (0.004, "0.4 %"), (0.0996, "10 %"), (0.41, "41 %"), (1, "100 %")],
)
def test_a_share_is_told_in_per_cent(share: float, told: str) -> None:
    assert _percent.percent(share) == told


def test_rows_fill_the_height_from_the_top() -> None:
    places, height = _style.rows([60, 20], gap=20)
    assert height == 100
    np.testing.assert_allclose(places, [(0.4, 1.0), (0.0, 0.2)])


def test_names_from_right_to_left_are_set_apart() -> None:
    """U+2068 begins and U+2069 ends what is ordered by itself (Unicode annex 9)."""
    assert _style.shown("\u0648\u0633\u0645") == "\u2068\u0648\u0633\u0645\u2069"
    assert _style.shown("caf\u00e9") == "caf\u00e9"


def test_a_zone_without_a_name_is_told_by_its_distance() -> None:
    at = pd.Timestamp("2014-04-22", tz="UTC")
    assert _clock.zone_words([at], "Asia/Kathmandu") == "time in Asia/Kathmandu (UTC+5:45)"


@pytest.mark.parametrize(
    ("subtitle", "narrow"),
    [("short", False), ("a line that a telephone has no room for " * 2, True)],
)
def test_a_long_subtitle_takes_more_lines_on_a_telephone(subtitle: str, *, narrow: bool) -> None:
    words = {"title": "t", "subtitle": subtitle, "caption": "c", "alt": "a", "height": 300}
    meta = _style.finish(go.Figure(), **words).layout.meta
    assert ("narrow" in meta) == narrow
    if narrow:
        assert meta["narrow"]["height"] == 318  # one line more
        assert meta["narrow"]["title"]["subtitle"]["text"].count("<br>") == 1


def test_the_words_of_a_turn_are_legible_where_its_bands_overlap() -> None:
    """Onset and half-way are named on their own bands, each of which lets its ground through."""
    ground = np.array([255.0, 255.0, 255.0])
    accent = np.array([int(_style.ACCENT[at : at + 2], 16) for at in (1, 3, 5)])
    for _ in range(2):
        ground = _turn.BAND * accent + (1 - _turn.BAND) * ground
    drawn = "#" + "".join(f"{round(part):02x}" for part in ground)
    assert contrast(_style.ACCENT_INK, drawn) >= 4.5
    assert contrast(_style.ACCENT, drawn) < 4.5  # the colour of the lines would not do


def test_a_long_subtitle_and_what_a_figure_asks_of_a_narrow_page_are_joined() -> None:
    """80 letters stand on one line of a wide page and on two of a narrow one, 18 px more."""
    words = {"title": "t", "subtitle": "four " * 16, "caption": "c", "alt": "a", "height": 300}
    narrow = {"margin": {"b": 140}, "height": 350}
    figure = _style.finish(go.Figure(), **words, narrow=narrow)
    asked = figure.layout.meta["narrow"]
    assert asked["margin"] == {"t": 84 + 18, "b": 140}
    assert asked["height"] == 350 + 18
