"""Figures: what is drawn is compared as data, never as pixels."""

import json
from types import SimpleNamespace

import invented
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from spread import figures
from spread._errors import InputError, MissingColumnError, UsageError
from spread.figures import _raster
from spread.figures._ticks import round_ticks

TABLES = invented.tables()
FAMILY = {"root": "mynypd", "time_zone": invented.ZONE}
EVERY = {
    "timeline": lambda t: figures.timeline(t["timeline"], turn=invented.turn()),
    "shares": lambda t: figures.shares(t["turn_timeline"], turn=invented.turn()),
    "onset": lambda t: figures.onset(t["turn_posterior"], turn=invented.turn(), turned=t["turned"]),
    "network": lambda t: figures.network(t["nodes"], t["edges"]),
    "seeds": lambda t: figures.seeds(t["seeds"]),
    "tree": lambda t: figures.tree(t["tree"]),
    "ccdf": lambda t: figures.ccdf(t["ccdf"]),
    "cascades": lambda t: figures.cascades(t["profile"]),
    "sensitivity": lambda t: figures.sensitivity(t["sensitivity"]),
    "family": lambda t: figures.family(t["members"], t["links"], **FAMILY),
    "map": lambda t: figures.map(t["arrivals"], flows=t["flows"]),
    "arrivals": lambda t: figures.arrivals(t["arrivals"]),
}


def trace(figure: go.Figure, name: str) -> go.Scatter:
    return next(drawn for drawn in figure.data if drawn.name == name)


def texts(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts(value)]
    return [text for value in node for text in texts(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("name", EVERY)
def test_a_figure_carries_title_caption_and_alt_and_changes_no_input(name: str) -> None:
    given = {key: table.copy() for key, table in TABLES.items()}
    figure = EVERY[name](given)
    assert figure.layout.title.text.startswith("<b>")
    assert any(sign.isdigit() for sign in figures.caption(figure) + figures.alt(figure))
    assert figures.alt(figure).endswith(".")
    for key, table in TABLES.items():
        pd.testing.assert_frame_equal(table, given[key])


@pytest.mark.parametrize("name", EVERY)
def test_an_empty_table_gives_an_empty_figure_that_says_why(name: str) -> None:
    figure = EVERY[name]({key: table[:0] for key, table in TABLES.items()})
    assert len(figure.data) == 0
    assert figures.caption(figure).startswith("Nothing is drawn: ")
    assert figure.layout.annotations[0].text in figures.caption(figure)


@pytest.mark.parametrize("name", EVERY)
def test_a_missing_column_is_named(name: str) -> None:
    with pytest.raises(MissingColumnError, match="the table lacks columns"):
        EVERY[name]({key: table.iloc[:, :0] for key, table in TABLES.items()})


@pytest.mark.parametrize("name", EVERY)
def test_what_is_no_table_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="not a table: got NoneType"):
        EVERY[name](dict.fromkeys(TABLES))


@pytest.mark.parametrize(
    ("draw", "table", "option"),
    [
        (figures.seeds, "seeds", "most"),
        (figures.tree, "tree", "most"),
        (figures.tree, "tree", "most_names"),
        (figures.arrivals, "arrivals", "most"),
        (figures.timeline, "timeline", "most"),
        (figures.sensitivity, "sensitivity", "most"),
        (figures.map, "arrivals", "most_names"),
    ],
)
def test_how_many_are_drawn_is_a_count(draw, table: str, option: str) -> None:
    for wrong in (-1, 2.5, None, "x", np.array([1, 2])):
        with pytest.raises(UsageError, match=f"{option} cannot be used: got"):
            draw(TABLES[table], **{option: wrong})


def test_rows_that_cannot_be_drawn_are_named() -> None:
    tree, nodes, bins = TABLES["tree"], TABLES["nodes"], TABLES["timeline"]
    with pytest.raises(UsageError, match="rows are not unique: got event 0 twice"):
        figures.tree(pd.concat([tree.iloc[:1], tree]))
    with pytest.raises(UsageError, match="rows are not unique: got name"):
        figures.network(pd.concat([nodes.iloc[:1], nodes]), TABLES["edges"])
    with pytest.raises(UsageError, match="column strength lacks numbers: got"):
        figures.network(nodes.assign(strength=np.nan), TABLES["edges"])
    with pytest.raises(UsageError, match="column start_at carry no zone"):
        figures.timeline(bins.assign(start_at=bins.start_at.dt.tz_localize(None)))


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"sensitivity"}))  # claims stay as they come
def test_the_order_of_rows_does_not_matter(name: str) -> None:
    mixed = {key: table.sample(frac=1, random_state=3) for key, table in TABLES.items()}
    assert EVERY[name](mixed).to_json() == EVERY[name](TABLES).to_json()


def test_the_posterior_of_the_onset_adds_up_in_its_bins() -> None:
    """200 minutes, each with 0.5 %; one of an account's first tweets at minute 100."""
    at = pd.date_range("2014-04-22 18:00", periods=200, freq="min", tz="UTC")
    table = pd.DataFrame({"at": at, "probability": 1 / 200})
    first = pd.DataFrame(
        {"label": ["@a", "@b"], "first_at": [at[100], at[3]], "p_turned": [0.9, 0]}
    )
    figure = figures.onset(table, turned=first)
    (bars,) = figure.data
    assert len(bars.y) == 40
    assert list(bars.y) == pytest.approx([5 / 200] * 40)
    assert set(bars.width if isinstance(bars.width, tuple) else [bars.width]) == {300_000.0}
    assert [note.text for note in figure.layout.annotations] == ["@a (90 %)"]


@pytest.mark.parametrize("name", EVERY)
def test_no_text_of_the_data_reaches_a_figure_as_markup(name: str) -> None:
    keep = ("verdict", "metric", "measure", "camp", "kind")
    hostile = {key: invented.attacked(table, keep) for key, table in TABLES.items()}
    written = texts(json.loads(EVERY[name](hostile).to_json()))
    allowed = ("<b>", "</b>", "<br>", "<extra></extra>", '<span style="color:#5b6675">', "</span>")
    for text in written:
        for tag in allowed:
            text = text.replace(tag, "")
        assert "<" not in text
        assert "$" not in text


def test_hover_templates_are_fixed() -> None:
    keep = ("verdict", "metric", "measure", "camp", "kind")
    hostile = {key: invented.attacked(table, keep) for key, table in TABLES.items()}
    for draw in EVERY.values():
        plain = {drawn.hovertemplate for drawn in draw(TABLES).data}
        assert {drawn.hovertemplate for drawn in draw(hostile).data} <= plain | {None}


def test_timeline_counts_a_missing_bin_as_nothing() -> None:
    start = pd.to_datetime(["2014-04-22 18:00", "2014-04-22 20:00"], utc=True)
    bins = pd.DataFrame({"hashtag": "a", "start_at": start, "end_at": start + pd.Timedelta("1h"),
                         "tweets": [4, 6], "authors": [3, 5]})  # fmt: skip
    drawn = figures.timeline(bins).data[0]
    assert drawn.y.tolist() == [4, 0, 6, 0]  # 18 h, empty from 19 h, 20 h, empty from 21 h
    assert [str(at)[11:16] for at in drawn.x] == ["18:00", "19:00", "20:00", "21:00"]


def test_timeline_shows_the_leading_hashtags_and_counts_the_rest() -> None:
    figure = figures.timeline(TABLES["timeline"], most=2)
    totals = TABLES["timeline"].groupby("hashtag")["tweets"].sum().nlargest(2)
    assert [drawn.name for drawn in figure.data] == ["#mynypd", "#mylapd"]
    assert f"{totals.sum():,} tweets with 2 hashtags, the largest of 5 followed" in figures.caption(
        figure
    )


def test_times_are_the_readers_and_the_zone_is_said() -> None:
    figure = figures.timeline(TABLES["timeline"], time_zone="Asia/Kolkata")
    assert figure.layout.xaxis.title.text == "time in Asia/Kolkata (IST = UTC+5:30)"
    launch = invented.LAUNCH.tz_convert("Asia/Kolkata").tz_localize(None)
    assert figure.data[0].x[0] == launch.to_datetime64()
    assert figures.timeline(TABLES["timeline"]).layout.xaxis.title.text == "time (UTC)"


def test_a_clock_that_changes_in_the_window_is_said() -> None:
    start = pd.to_datetime(["2014-10-26 00:00", "2014-10-26 02:00"], utc=True)
    bins = pd.DataFrame({"hashtag": "a", "start_at": start, "end_at": start + pd.Timedelta("1h"),
                         "tweets": 1, "authors": 1})  # fmt: skip
    title = figures.timeline(bins, time_zone="Europe/London").layout.xaxis.title.text
    assert title == "time in Europe/London (BST = UTC+1, GMT = UTC+0)"


@pytest.mark.parametrize("zone", ["Mars/Olympus", ""])
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(UsageError, match=f"the time zone is unknown: got {zone!r}"):
        figures.timeline(TABLES["timeline"], time_zone=zone)


def test_the_turn_is_drawn_with_its_interval() -> None:
    figure = figures.shares(TABLES["turn_timeline"], turn=invented.turn())
    bands = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert (bands[0].x0[:16], bands[0].x1[:16]) == ("2014-04-22T19:35", "2014-04-22T19:44")
    assert "The turn set in at 22 Apr 2014, 19:41 UTC (95 % interval 19:35 to 19:44 UTC)" in (
        figures.caption(figure)
    )


def test_a_turn_that_cannot_be_told_is_not_drawn() -> None:
    silent = SimpleNamespace(**{**vars(invented.turn()), "cannot_tell": "too few units"})
    figure = figures.shares(TABLES["turn_timeline"], turn=silent)
    assert not figure.layout.shapes
    assert figures.caption(figure).endswith("No turn is drawn: too few units.")


def test_shares_draw_each_interval_there_and_back() -> None:
    figure = figures.shares(TABLES["turn_timeline"])
    table = TABLES["turn_timeline"].query("camp == 'B'").sort_values("start_at")
    band = trace(figure, "B, interval").y
    assert band.tolist() == [*table["high"], *table["low"][::-1]]
    assert trace(figure, "B").y.tolist() == table["share"].tolist()


def test_a_camp_has_the_same_colour_and_symbol_everywhere() -> None:
    table = TABLES["turn_timeline"]
    alone = trace(figures.shares(table[table["camp"] != "A"]), "B")
    network = trace(EVERY["network"](TABLES), "B (280)")
    assert alone.marker.symbol == network.marker.symbol == "square"
    assert (alone.marker.color, network.marker.color) == ("#D55E00", "rgba(213,94,0,0.85)")


def test_from_the_ninth_camp_on_all_are_grey() -> None:
    nodes = pd.DataFrame({"name": list("123456789"), "label": "", "x": 0.0, "y": 0.0,
                          "camp": [f"camp {n}" for n in range(9)], "strength": 1})  # fmt: skip
    figure = figures.network(nodes, TABLES["edges"][:0])
    colours = [drawn.marker.color for drawn in figure.data if drawn.mode == "markers"]
    assert len(set(colours[:8])) == 8
    assert colours[8] == "rgba(154,163,175,0.85)"  # the grey of "other"


def test_network_draws_edges_in_one_line_with_breaks() -> None:
    nodes = pd.DataFrame({"name": ["1", "2", "3"], "label": "", "x": [0.0, 1.0, 2.0],
                          "y": [5.0, 6.0, 7.0], "camp": "A", "strength": 1})  # fmt: skip
    edges = pd.DataFrame({"source": ["3", "1", "9"], "target": ["1", "2", "1"],
                          "weight": [1, 4, 9]})  # fmt: skip
    line = figures.network(nodes, edges).data[0]
    np.testing.assert_array_equal(line.x, np.float32([0, 1, np.nan, 2, 0, np.nan]))
    np.testing.assert_array_equal(line.y, np.float32([5, 6, np.nan, 7, 5, np.nan]))


def test_of_a_large_network_the_heaviest_part_is_drawn_and_counted() -> None:
    few = {"most_nodes": 100, "most_edges": 50, "rasterised": False}
    figure = figures.network(TABLES["nodes"], TABLES["edges"], **few)
    assert sum(len(drawn.x) for drawn in figure.data if drawn.name == "edges") == 3 * 50
    assert "The 100 strongest accounts are drawn, and 50 edges among them" in figures.caption(
        figure
    )
    assert figure.layout.title.subtitle.text.endswith("drawn: 100 and 50")


def test_of_a_large_network_every_edge_is_in_the_picture_of_pixels() -> None:
    """Edges from four corners meet in the middle; a dot lies on the lower left corner."""
    places = np.array([[0.0, 0.0], [4, 0], [4, 4], [0, 4], [2, 2]])
    ends = np.array([[0, 4], [1, 4], [2, 4], [3, 4]])
    drawn = _raster.lines(places, [(ends, "#0072B2")], (places[:1], ["#D55E00"]))
    assert drawn.source.startswith("data:image/png;base64,")
    pixels = _raster._pixels(places, [(ends, "#0072B2")], (places[:1], ["#D55E00"]))[0]
    inked = pixels[..., 3] > 0
    assert inked.sum() == pytest.approx(2 * 980, rel=0.02)  # two diagonals; 1 % room around
    assert pixels[10, 10].tolist() == [213, 94, 0, 235]  # the dot, at the lower left
    edges = pixels[..., 2] == 178  # blue
    assert pixels[500, 500, 3] == pixels[edges][:, 3].max() > pixels[300, 300, 3]  # all meet there
    assert pixels[500, 20, 3] == 0
    assert set(map(tuple, pixels[inked][:, :3])) == {(0, 114, 178), (213, 94, 0)}


def test_a_network_of_many_edges_is_drawn_as_pixels_under_its_strongest_accounts() -> None:
    figure = figures.network(TABLES["nodes"], TABLES["edges"], most_nodes=100, most_edges=50)
    assert [drawn for drawn in figure.data if drawn.name == "edges"] == []
    assert sum(len(part.x) for part in figure.data if part.mode == "markers") == 100
    (image,) = figure.layout.images
    everyone = TABLES["nodes"]
    assert image.x < everyone["x"].min()
    assert image.x + image.sizex > everyone["x"].max()
    assert "drawn" not in figure.layout.title.subtitle.text  # nothing is left out
    assert image.source == figures.network(
        TABLES["nodes"].sample(frac=1, random_state=1), TABLES["edges"], most_nodes=100,
        most_edges=50,
    ).layout.images[0].source  # fmt: skip


def test_without_datashader_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_raster, "available", lambda: False)
    figure = figures.network(TABLES["nodes"], TABLES["edges"], most_edges=50)
    assert not figure.layout.images
    with pytest.raises(UsageError, match=r"no datashader.*'spread\[large\]'"):
        figures.network(TABLES["nodes"], TABLES["edges"], rasterised=True)


def test_a_telephone_shows_fewer_names_none_over_another() -> None:
    nodes, edges = invented.network(300)
    figure = figures.network(nodes.assign(public=True), edges)
    few, more = (part for part in figure.data if part.name == "names")
    assert (few.meta, more.meta) == (None, "wide")
    assert len(few.text) >= 3
    assert len(few.text) + len(more.text) == 16
    assert figure.layout.meta["narrow"] == {"height": 520}


def test_a_stray_account_does_not_widen_the_frame_and_is_counted() -> None:
    """Of 200 accounts in a square of side 1 one lies 100 away: 1 % is left out at each end."""
    grid = (np.arange(200) % 15) / 14
    nodes = pd.DataFrame({"name": np.arange(200).astype(str), "label": "@someone", "x": grid})
    nodes = nodes.assign(y=(np.arange(200) // 15) / 14, camp="A", strength=1.0)
    nodes.loc[7, "x"] = 100.0
    figure = figures.network(nodes, TABLES["edges"][:0])
    assert figure.layout.xaxis.range == (-0.06, 1.06)
    assert figures.caption(figure).endswith("1 account lies beyond the frame: zoom out.")
    names = [part for part in figure.data if part.name == "names"]
    assert all(part.mode == "markers+text" and part.marker.opacity == 0 for part in names)
    assert not any((np.asarray(part.x) > 2).any() for part in names)


def evolving() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give three accounts in a chain of two edges, an hour apart, and one without an edge."""
    nodes = pd.DataFrame({"name": list("1234"), "label": list("abcd"), "x": np.arange(4.0),
                          "y": 0.0, "camp": "A", "strength": [4, 3, 2, 1]})  # fmt: skip
    hours = invented.LAUNCH + pd.to_timedelta([1, 0], unit="h")
    return nodes, pd.DataFrame({"source": ["3", "1"], "target": ["2", "2"], "weight": 1,
                                "first_at": hours})  # fmt: skip


def test_a_network_is_played_in_the_order_of_its_edges() -> None:
    figure = figures.network(*evolving(), animated=True, time_zone=invented.ZONE)
    first, second = figure.frames
    edges = [part for part in figure.data if part.name == "edges"]
    assert [part.x[:2].tolist() for part in edges] == [[0, 1], [2, 1]]  # the first, the second
    assert [part.visible for part in first.data[:2]] == [True, False]
    assert [part.visible for part in second.data[:2]] == [True, True]
    faint = np.float32(0.06)
    assert first.data[2].marker.opacity.tolist() == [1, faint, 1, 1]  # rows d c b a: not yet c
    assert second.data[2].marker.opacity.tolist() == [1, 1, 1, 1]
    assert list(first.data[3].text) == ["<b>a</b>", "<b>b</b>", "", "<b>d</b>"]
    told = [step.label for step in figure.layout.sliders[0].steps]
    assert told == ["13:55 EDT", "14:55 EDT"]
    assert all(part.visible is None for part in edges)  # all are there until it is played


def test_a_network_without_times_cannot_be_played() -> None:
    nodes, edges = evolving()
    with pytest.raises(MissingColumnError, match="the network cannot be played"):
        figures.network(nodes, edges.drop(columns="first_at"), animated=True)


def test_only_public_accounts_are_named_in_the_network() -> None:
    names = trace(EVERY["network"](TABLES), "names").text
    assert "<b>@OccupyWallStNYC</b>" in names
    assert not [name for name in names if "an account" in name]


def test_thousands_of_nodes_stay_small_and_quick() -> None:
    figure = figures.network(*invented.network(20_000))
    assert len(figure.to_json()) < 3_000_000


def test_seeds_draw_shares_intervals_and_naive_ranks() -> None:
    figure = figures.seeds(TABLES["seeds"], most=3)
    drawn = {
        row: (x, x - low, x + high)
        for part in figure.data
        for row, x, low, high in zip(
            part.y, part.x, part.error_x.arrayminus, part.error_x.array, strict=True
        )
    }
    first = TABLES["seeds"].iloc[0]
    np.testing.assert_allclose(drawn[0], first[["share", "share_low", "share_high"]].astype(float))
    written = [note.text for note in figure.layout.annotations]
    assert str(first["naive_followers_rank"]) in written


def test_tree_connects_every_event_with_its_parent() -> None:
    table = pd.DataFrame(
        {"event": [0, 1, 2, 3], "parent": [-1, 0, 0, 2], "depth": [0, 1, 1, 2],
         "probability": [1.0, 0.9, 0.6, 0.3], "at_s": [0.0, 9.0, 99.0, 999.0],
         "user_id": list("abcd"), "tweet_id": list("1234"), "mark": 1.0}
    )  # fmt: skip
    figure = figures.tree(table)
    events = trace(figure, "tweets (4)")
    np.testing.assert_allclose(events.x, [0, 1, 2, 3])  # log10(1 + seconds)
    assert len(set(events.y.tolist())) == 4  # each event has its own slot
    line = trace(figure, "parent under 50 % probable (1)")
    np.testing.assert_allclose(line.x[:2], [2, 3])  # from event 2 to event 3, its only such tie
    assert line.y[0] == line.y[1] == events.y[3]


def test_subtrees_do_not_cross() -> None:
    table = TABLES["tree"]
    figure = figures.tree(table.drop(columns=["camp", "label"]))
    events = next(drawn for drawn in figure.data if drawn.mode == "markers")
    height = events.y - events.y.min()
    members: list[set[int]] = [{event} for event in range(len(table))]
    for event in range(len(table) - 1, 0, -1):
        members[table["parent"][event]] |= members[event]
    for subtree in members:  # the slots of a subtree are a block without gaps
        slots = height[list(subtree)]
        assert np.ptp(slots) == pytest.approx(len(subtree) - 1)


def test_of_a_large_cascade_the_beginning_is_drawn() -> None:
    figure = figures.tree(TABLES["tree"], most=50)
    drawn = sum(len(part.x) for part in figure.data if part.mode == "markers")
    assert drawn == 50
    assert figures.caption(figure).endswith("Only the first 50 tweets are drawn.")


def test_ccdf_draws_the_star_beside_the_trees_and_leaves_zeros_out() -> None:
    figure = figures.ccdf(TABLES["ccdf"])
    virality = [part for part in figure.data if part.xaxis == "x4" and part.hovertemplate]
    assert [part.line.dash for part in virality] == ["dash", "solid"]
    assert min(part.x.min() for part in virality) > 0
    assert "A value of zero has no place" in figures.caption(figure)


def test_kinds_of_cascades_stand_beside_each_other_at_the_same_size() -> None:
    figure = EVERY["cascades"](TABLES)
    drawn = [part for part in figure.data if part.hovertemplate]
    assert len(drawn) == 2 * 2 * 8  # camps, matched or not, measures
    first, beside = (next(p for p in drawn if p.xaxis == axis) for axis in ("x", "x2"))
    assert first.y.tolist() == pytest.approx(0.4 ** np.arange(1, 6))  # A's depths, of all
    assert first.marker.size == (0, 0, 0, 0, 7)  # a symbol where the curve ends
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert beside.customdata[0] == ["32 %", "50 %"]
    assert "Right: 120 cascades of each kind" in figures.caption(figure)


def test_without_a_match_the_panels_stand_two_in_a_row() -> None:
    figure = figures.cascades(TABLES["profile"].query("not matched"))
    assert figure.layout.xaxis2.domain[0] > 0.5
    assert figure.layout.annotations[1].text == "<b>Size</b>"
    assert "Right" not in figures.caption(figure)
    assert figure.layout.height < EVERY["cascades"](TABLES).layout.height


def test_family_draws_broader_lines_for_more_probable_parents() -> None:
    figure = EVERY["family"](TABLES)
    widths = {part.name: part.line.width for part in figure.data if part.mode == "lines"}
    assert widths["parent ≥ 80 % probable"] > widths["parent ≥ 50 % probable"]
    sure = trace(figure, "parent ≥ 80 % probable")
    assert len(sure.x) == 4 * 3  # 0.97, 0.88 and 0.93 of the links


def test_family_shows_what_cannot_be_told_as_such() -> None:
    figure = EVERY["family"](TABLES)
    assert trace(figure, "cannot tell (1)").text == ("#mySPD",)
    assert trace(figure, "cannot tell (1)").marker.symbol == "circle-open"
    assert any("mySPD</b>" in note.text and "cannot tell" in note.text
               for note in figure.layout.annotations)  # fmt: skip


def test_family_draws_possible_parents_dotted_where_the_tag_is_not_told_to_descend() -> None:
    figure = EVERY["family"](TABLES)
    dashes = {part.name: part.line.dash for part in figure.data if part.mode == "lines"}
    assert dashes.pop("possible parent, not told") == "dot"
    assert set(dashes.values()) == {"solid"}
    dotted = [part for part in figure.data if part.name == "possible parent, not told"]
    # mySPD's two links, 0.41 and 0.30; myPD's only link has no parent
    assert sum(len(part.x) for part in dotted) == 4 * 2


def test_a_tweet_behind_a_mark_is_read_on_hover_escaped_and_short() -> None:
    hostile = "<img src=x onerror=alert(1)> " + "words " * 40
    rank, members = (TABLES[name].assign(read="") for name in ("seeds", "members"))
    rank.loc[0, "read"] = members.loc[0, "read"] = hostile
    for figure in (
        figures.seeds(rank),
        figures.family(members, TABLES["links"], root="mynypd"),
    ):
        hovers = [each[-1] for trace in figure.data for each in trace.customdata or ()]
        (quote,) = [hover for hover in hovers if hover]
        assert quote.startswith("<br>“&lt;img")
        assert len(quote) < 130


def test_family_in_a_circle_is_drawn_once_each() -> None:
    members = TABLES["members"].assign(parent=["mylapd", "mynypd"] + [None] * 7, verdict="descends")
    figure = figures.family(members, TABLES["links"])
    assert sum(len(part.x) for part in figure.data if part.mode == "markers") == 9


def test_family_keeps_the_archives_own_time_when_an_original_is_years_older() -> None:
    old = pd.Timestamp("2009-01-10 15:52", tz="UTC")
    members = TABLES["members"].copy()
    members.loc[[0, 2], "first_at"] = old
    window = invented.LAUNCH, invented.LAUNCH + pd.Timedelta(days=1)
    figure = figures.family(members, TABLES["links"], root="mynypd", window=window)
    low, high = pd.DatetimeIndex(figure.layout.xaxis.range, tz="UTC")
    # Until the last first use, 9 % more to the left and 25 % for names to the right.
    span = members.first_at.max() - invented.LAUNCH
    assert abs((high - low) - 1.34 * span) < pd.Timedelta(seconds=1)
    star = trace(figure, "the archive's tag (1)")
    assert low < pd.Timestamp(star.x[0], tz="UTC") < invented.LAUNCH
    assert min(pd.DatetimeIndex(figure.layout.xaxis.tickvals, tz="UTC")) >= invented.LAUNCH
    assert sum("10 Jan 2009" in note.text for note in figure.layout.annotations) == 2
    assert "2 of 9 were first used before" in figures.caption(figure)
    assert figures.alt(figure).endswith("2 first used before the archive's own tweets.")


def test_family_of_an_archive_that_holds_all_first_uses_has_one_scale() -> None:
    window = invented.LAUNCH, invented.LAUNCH + pd.Timedelta(days=3)
    figure = figures.family(TABLES["members"], TABLES["links"], window=window)
    assert figure.layout.xaxis.tickvals is None
    assert "before" not in figures.caption(figure) + figures.alt(figure)


def test_a_family_of_the_root_alone_is_no_family() -> None:
    alone = TABLES["members"].query("hashtag == 'mynypd'")
    figure = figures.family(alone, TABLES["links"][:0], root="mynypd")
    assert figures.alt(figure) == "Nothing is drawn: no related hashtag was found."


def test_timeline_counts_what_is_much_older_and_does_not_draw_it() -> None:
    bins = TABLES["timeline"]
    old = bins[:1].assign(start_at=invented.LAUNCH - pd.Timedelta(days=900), tweets=3)
    figure = figures.timeline(pd.concat([old.assign(end_at=bins.start_at.min()), bins]))
    whole = bins[bins.hashtag == "mynypd"].tweets.sum()
    assert f"{whole:,} tweets and 3 older" in [note.text for note in figure.layout.annotations]
    assert "3 uses are much older, from 4 Nov 2011, 17:55 UTC on" in figures.caption(figure)
    assert trace(figure, "#mynypd").x[0] >= np.datetime64("2014-04-22")


def test_family_without_a_line_says_that_no_parent_is_probable() -> None:
    figure = figures.family(TABLES["members"], TABLES["links"][:0])
    assert figures.caption(figure).endswith("No parent is as probable as 5 %.")
    assert "Dotted" in figures.caption(EVERY["family"](TABLES))


def test_network_without_camps_says_so() -> None:
    nodes = TABLES["nodes"].assign(camp="other")
    figure = figures.network(nodes, TABLES["edges"])
    assert "no camps are told" in figures.caption(figure)
    assert "camp" not in figures.alt(figure)
    assert [part.name for part in figure.data if part.mode == "markers"] == ["accounts (900)"]


def test_family_of_a_window_turned_round_is_refused() -> None:
    window = invented.LAUNCH, invented.LAUNCH - pd.Timedelta(days=3)
    with pytest.raises(UsageError, match="ends before it begins"):
        figures.family(TABLES["members"], TABLES["links"], window=window)


def test_round_ticks_of_a_century_are_few() -> None:
    ends = np.datetime64("1914-04-22"), np.datetime64("2014-04-22")
    assert 1 <= len(round_ticks(*ends)["ticktext"]) <= 5


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2014-04-22T17:59:50", "2014-04-22T18:00:40",
         ["18:00:00<br>22 Apr 2014", "18:00:15", "18:00:30"]),
        ("2014-12-30T03:00", "2015-01-03T03:00",
         ["31 Dec<br>2014", "1 Jan<br>2015", "2 Jan", "3 Jan"]),
        ("2014-01-02", "2014-07-02", ["Mar 2014", "May 2014", "Jul 2014"]),
    ],
)  # fmt: skip
def test_round_ticks_say_the_day_and_the_year_once(first: str, last: str, words: list[str]) -> None:
    ticks = round_ticks(np.datetime64(first), np.datetime64(last), most=4)
    assert ticks["ticktext"] == words


def test_map_draws_the_first_arrival_of_each_city_in_its_order() -> None:
    twice = pd.concat([TABLES["arrivals"], TABLES["arrivals"].assign(k=5)])
    cities = trace(figures.map(twice), "cities")
    assert len(cities.lon) == len(TABLES["arrivals"])
    first = cities.marker.color.tolist().index(0)
    assert cities.customdata[first][0] == "New York, US"


def test_map_plays_the_cities_in_their_order() -> None:
    figure = figures.map(TABLES["arrivals"], animated=True)
    assert len(figure.frames) == len(figure.layout.sliders[0].steps) == len(TABLES["arrivals"])
    seen = [int((frame.data[0].marker.opacity > 0.5).sum()) for frame in figure.frames]
    assert seen == list(range(1, 17))  # one city more in each
    still = trace(figure, "cities")
    assert still.marker.opacity == 0.9  # all are there until it is played
    assert figure.layout.sliders[0].steps[0].label.startswith("22 Apr 2014")
    with pytest.raises(UsageError, match="the map cannot be played: got places without `at`"):
        figures.map(TABLES["places"], animated=True)


def test_no_two_names_on_the_map_cover_each_other() -> None:
    crowd = TABLES["arrivals"].assign(longitude=np.arange(16) * 2.0, latitude=10.0)
    cities = trace(figures.map(crowd), "cities")
    named = [(lon, at) for lon, at, text in
             zip(cities.lon, cities.textposition, cities.text, strict=True) if text]  # fmt: skip
    places = [at for _, at in named]
    assert len(named) < 16
    assert len(set(places)) > 1
    above = sorted(lon for lon, at in named if at == "top center")
    # Names of eight letters and more, of 6.6 px each; 350 px for 50 degrees.
    assert all(np.diff(above) > 8 * 6.6 * 50 / 350)


def test_the_cities_that_a_story_names_are_named_on_every_map() -> None:
    """Two pairs are 5 to 10 px apart on a telephone: of New York and Boston, of the west coast."""
    near = TABLES["arrivals"].sort_values("at").head(6)
    near = near.assign(
        longitude=[-74.0, -99.1, -71.1, -118.2, -122.3, 23.7],
        latitude=[40.7, 19.4, 42.4, 34.1, 37.8, 38.0],
    )
    figure = figures.map(near)
    cities = trace(figure, "cities")
    named = {place for place, text in zip(cities.marker.color, cities.text, strict=True) if text}
    assert {0, 1, 2, 3, 4} <= named
    assert cities.marker.colorbar.title.text == "evenly by the order of arrival, not by time"


def test_the_map_shows_where_the_cities_are_and_not_the_poles() -> None:
    figure = figures.map(TABLES["arrivals"])  # from Oakland to Sydney, from Sydney to Berlin
    assert figure.layout.geo.lonaxis.range == (-122.3 - 0.12 * 273.5 - 6, 180)
    near = figures.map(TABLES["arrivals"].query("city in ['Boston', 'New York']"))
    west, east = near.layout.geo.lonaxis.range
    assert east - west == pytest.approx(50)
    assert (west + east) / 2 == pytest.approx((-74 - 71.1) / 2)


def test_map_with_an_outline_needs_nothing_else() -> None:
    square = [[0, 0], [10, 0], [0, 10], [-10, -10]]
    countries = {"geometries": [{"arcs": [[~0]]}, {"arcs": [[1]]}]}
    outline = {
        "transform": {"scale": [2, 1], "translate": [-20, 5]},
        "arcs": [square, [[1, 1]]],
        "objects": {"coastlines": {"arcs": [0]}, "countries": countries},
    }
    figure = figures.map(TABLES["places"], outline=outline)
    coast = trace(figure, "coastlines")  # decoded by hand: sums of steps, times 2 − 20 and + 5
    np.testing.assert_array_equal(coast.lon[:4], [-20, 0, 0, -20])
    np.testing.assert_array_equal(coast.lat[:4], [5, 5, 15, 5])
    assert not figure.layout.geo.showland
    assert not figure.layout.geo.showcountries
    assert len(trace(figure, "countries").lon) == 2  # the coast is not drawn twice


def test_an_outline_that_is_none_is_one_line() -> None:
    with pytest.raises(InputError, match="the outline of the map cannot be read: got KeyError"):
        figures.map(TABLES["places"], outline={})


def test_arrivals_are_drawn_in_order_with_intervals() -> None:
    figure = figures.arrivals(TABLES["arrivals"].sample(frac=1, random_state=1), most=5)
    drawn = trace(figure, "arrival")
    assert drawn.x.tolist() == sorted(drawn.x.tolist())
    line = trace(figure, "95 % interval")
    assert line.x[0] < drawn.x[0] < line.x[1]
    assert figures.caption(figure).endswith("; the first 5 are drawn.")


def test_arrivals_show_when_a_city_was_due_and_which_were_not_reached() -> None:
    table = TABLES["arrivals"].head(4)
    hours = pd.Timedelta("3h")
    due = table.assign(
        expected_at=table["at"] + hours, expected_at_low=table["at"], censored=False,
        expected_at_high=(table["at"] + 2 * hours).where(table.index < 3), p_early=0.01,
    )  # fmt: skip
    late = due.tail(1).assign(place_id="9", city="Lagos", at=pd.NaT, censored=True)
    figure = figures.arrivals(pd.concat([due, late]))
    marks = [part for part in figure.data if part.name == "due by its number of users"]
    assert [part.mode for part in marks] == ["lines", "markers"]
    assert len(marks[0].x) == 3 * 3  # the fourth has no upper end
    np.testing.assert_array_equal(marks[1].x - trace(figure, "arrival").x, np.timedelta64(3, "h"))
    assert trace(figure, "not reached").y.tolist() == [4]
    assert figure.layout.yaxis.ticktext[4].startswith("Lagos, US")
    assert "1 city not reached" in figures.caption(figure)


def test_an_arrival_of_another_hashtag_is_refused() -> None:
    with pytest.raises(UsageError, match="no arrival of this hashtag: got 'x'; allowed: mynypd"):
        figures.arrivals(TABLES["arrivals"], tag="x")


def test_more_than_three_camps_have_a_row_each() -> None:
    table = TABLES["turn_timeline"]
    many = pd.concat([table, table[table["camp"] == "A"].assign(camp=["C"] * 14)])
    figure = figures.shares(many, turn=invented.turn())
    rows = [trace(figure, camp).yaxis for camp in ("A", "B", "C", "other")]
    assert rows == ["y", "y2", "y3", "y4"]
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert len([shape for shape in figure.layout.shapes if shape.type == "rect"]) == 8
    alone = figures.shares(table)
    assert trace(alone, "other").yaxis == "y"


@pytest.mark.parametrize(
    ("shift", "sides"),
    [(0, ("right", "left")), (-80, ("right", "left")), (320, ("right", "right"))],
)
def test_a_turn_is_named_above_the_marks_and_within_the_page(
    shift: int, sides: tuple[str, str]
) -> None:
    """Of 500 minutes drawn, it sets in after 106 and is half done after 120, or so much later."""
    turn, by = invented.turn(), pd.Timedelta(minutes=shift)
    ends = ("onset", "onset_low", "onset_high", "halfway", "halfway_low", "halfway_high")
    moved = SimpleNamespace(**vars(turn) | {end: getattr(turn, end) + by for end in ends})
    bins = TABLES["timeline"]
    first = bins.end_at <= invented.LAUNCH + pd.Timedelta(minutes=500)
    notes = figures.timeline(bins[first], turn=moved).layout.annotations
    found = {note.text: note for note in notes}
    assert (found["onset"].xanchor, found["half-way"].xanchor) == sides
    assert {(found[name].y, found[name].yanchor) for name in ("onset", "half-way")} == {
        (1, "bottom")
    }
    # What changes sides stands a line higher, out of the way of the other.
    assert (found["half-way"].yshift > found["onset"].yshift) == (shift > 0)


def test_sensitivity_draws_no_column_of_a_claim_that_was_not_asked() -> None:
    given = TABLES["sensitivity"]
    refused = given[:1].assign(claim="the turn", agrees=None, estimate=None, cannot_tell="few")
    figure = figures.sensitivity(pd.concat([given, refused]))
    assert len(figure.layout.annotations) == len(EVERY["sensitivity"](TABLES).layout.annotations)
    assert figures.caption(figure).endswith("Not asked, as the study refuses to tell it: the turn.")
    alone = figures.sensitivity(refused)
    assert figures.alt(alone) == (
        "Nothing is drawn: the study refuses to tell what could be asked again: the turn."
    )


def test_no_figure_offers_to_send_its_data_away() -> None:
    for draw in EVERY.values():
        assert "sendChartToCloud" in draw(TABLES).layout.modebar.remove


def test_map_draws_flows_between_two_cities_as_wide_as_they_are_large() -> None:
    """From three flows the one within a city is no line; 10 and 1 of 10 are the widest class
    and the narrowest."""
    flows = pd.concat([TABLES["flows"]] * 3, ignore_index=True)
    flows["weight"] = [10.0, 1.0, 99.0]
    for axis in ("longitude", "latitude"):
        flows.loc[2, f"target_{axis}"] = flows.loc[2, f"source_{axis}"]
    figure = figures.map(TABLES["arrivals"], flows=flows)
    drawn = [part for part in figure.data if part.name == "flows"]
    assert [part.line.width for part in drawn] == [0.8, 3.5]
    assert drawn[1].lon[:2] == pytest.approx([23.7, -122.3])
    assert "Athens → Oakland: 10 retweets by 9 accounts" in drawn[1].text[0]
    assert "2 lines" in figures.caption(figure)


def test_map_without_flows_is_as_it_was() -> None:
    none = figures.map(TABLES["arrivals"], flows=TABLES["flows"].iloc[:0])
    assert none == figures.map(TABLES["arrivals"])


def test_cities_have_the_number_that_they_have_among_all() -> None:
    at = pd.to_datetime(["2014-04-22T20:00Z", "2014-04-22T21:00Z"])
    table = pd.DataFrame(
        {"place_id": ["1", "2"], "city": ["Oakland", "Athens"], "country": ["US", "GR"],
         "longitude": [-122.3, 23.7], "latitude": [37.8, 38.0], "at": at, "at_low": at,
         "at_high": at, "adopters": [12, 9], "rank": [1.0, 7.0]}
    )  # fmt: skip
    listed, drawn = figures.arrivals(table), figures.map(table)
    assert listed.layout.yaxis.ticktext[1].endswith("<b>7</b>")
    assert "<b>7</b> Athens" in drawn.data[-1].text
    for figure in (listed, drawn):
        assert "count cities, too, that are not drawn" in figures.caption(figure)
