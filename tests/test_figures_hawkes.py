"""Figures of fitted processes: what is drawn is compared as data."""

import json

import invented
import pandas as pd
import pytest
from test_figures import texts

from spread import figures
from spread._errors import MissingColumnError

TABLES = {
    "influence": pd.DataFrame(
        {
            "source": ["mynypd", "mynypd", "mylapd", "mylapd"],
            "target": ["mynypd", "mylapd", "mynypd", "mylapd"],
            "events": [3015, 86, 3015, 86],
            "share": [0.97, 0.38, 0.03, 0.62],
            "share_low": [0.9, 0.29, 0.0, 0.53],
            "share_high": [1.0, 0.47, 0.1, 0.71],
        }
    ),
    "flexibility": pd.DataFrame(
        {
            "flexibility": [0.0, 6.2, 9.1],
            "daily": [False, False, True],
            "branching_ratio": [0.93, 0.41, 0.38],
            "branching_ratio_low": [0.9, 0.3, 0.2],
            "branching_ratio_high": [0.95, 0.5, 0.5],
            "held_out": [0.0, 55.0, 51.0],
            "chosen": [False, True, False],
        }
    ),
    "residuals": pd.DataFrame(
        {
            "expected": [0.3, 1.4, 2.2],
            "gap": [0.2, 2.0, 2.1],
            "low": [0.1, 1.0, 1.5],
            "high": [0.5, 1.9, 3.0],
        }
    ),
}
DRAW = {name: getattr(figures, name) for name in TABLES}


@pytest.mark.parametrize("name", TABLES)
def test_a_figure_carries_its_words_and_changes_no_input(name: str) -> None:
    given = TABLES[name].copy()
    figure = DRAW[name](given)
    assert any(sign.isdigit() for sign in figures.caption(figure))
    assert figures.alt(figure).endswith(".")
    pd.testing.assert_frame_equal(given, TABLES[name])
    assert DRAW[name](given.iloc[::-1]).to_json() == figure.to_json()


@pytest.mark.parametrize("name", TABLES)
def test_nothing_to_draw_says_why_and_a_missing_column_is_named(name: str) -> None:
    figure = DRAW[name](TABLES[name][:0])
    assert len(figure.data) == 0
    assert figures.caption(figure).startswith("Nothing is drawn: ")
    with pytest.raises(MissingColumnError):
        DRAW[name](TABLES[name].iloc[:, :0])


@pytest.mark.parametrize("name", TABLES)
def test_no_text_of_the_data_is_markup(name: str) -> None:
    hostile = invented.attacked(TABLES[name], ())
    for text in texts(json.loads(DRAW[name](hostile).to_json())):
        bare = text.replace("<b>", "").replace("</b>", "").replace("<br>", "")
        assert "<" not in bare.replace("<extra></extra>", "")


def test_influence_puts_sources_in_rows_and_the_largest_first() -> None:
    drawn = figures.influence(TABLES["influence"])
    assert drawn.data[0].customdata[:, 0].tolist() == [0.97, 0.38, 0.03, 0.62]
    assert [drawn.data[0].x.tolist(), drawn.data[0].y.tolist()] == [[0, 1, 0, 1], [0, 0, 1, 1]]
    assert list(drawn.layout.xaxis.ticktext) == ["#mynypd", "#mylapd"]
    assert drawn.data[0].text[1] == "38<br>29–47"


def test_the_chosen_baseline_stands_out() -> None:
    drawn = {trace.name: trace for trace in figures.flexibility(TABLES["flexibility"]).data}
    assert list(drawn["foretells best"].y) == [0.41]
    assert list(drawn["with a daily cycle"].x) == [9.1]


def test_gaps_outside_the_band_are_counted() -> None:
    figure = figures.residuals(TABLES["residuals"])  # 2.0 lies above 1.9
    assert "Outside it: 1 (33 %)" in figures.caption(figure)
