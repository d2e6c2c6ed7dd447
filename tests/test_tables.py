"""Tables in, tables out: the three kinds, the declared types, what is written."""

from datetime import UTC, date, datetime
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread import tables
from spread._errors import MissingColumnError, OutputError, UsageError

ROWS = {"tweet_id": ["18446744073709551615", None], "hashtags": [["a", "b"], []]}
KINDS = {
    "pandas": pd.DataFrame(ROWS),
    "arrow": pa.table(ROWS),
    "ibis": ibis.memtable(pa.table(ROWS)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_three_kinds_of_table_are_one(kind: str) -> None:
    read = tables.arrow(KINDS[kind], tables.TWEETS, ["tweet_id", "hashtags"])
    assert read.to_pydict() == ROWS
    assert read.schema.field("tweet_id").type == pa.string()


@pytest.mark.parametrize("kind", KINDS)
def test_an_expression_has_the_declared_types(kind: str) -> None:
    wanted = tables.expression(KINDS[kind], tables.TWEETS, ["hashtags"], optional=["followers"])
    assert wanted.to_pyarrow().cast(pa.schema([tables.TWEETS.field(n) for n in wanted.columns]))
    assert wanted.schema()["followers"].is_int64()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read", [tables.arrow, tables.expression, tables.frame])
def test_missing_columns_are_all_named(kind: str, read: object) -> None:
    with pytest.raises(MissingColumnError, match=r"Add author_id, at;"):
        read(KINDS[kind], tables.TWEETS, ["tweet_id", "author_id", "at"])


def test_number_ids_are_refused() -> None:
    with pytest.raises(UsageError, match=r"column tweet_id cannot be read as string.*Ids are text"):
        tables.arrow(pd.DataFrame({"tweet_id": [1.5]}), tables.TWEETS, ["tweet_id"])


def test_half_a_character_in_a_column_is_refused_by_name() -> None:
    """A lone surrogate has no UTF-8; JSON can hold one."""
    broken = pd.DataFrame({"tweet_id": pd.Series(["1", "\ud83d"], dtype=object)})
    with pytest.raises(UsageError, match="column tweet_id cannot be read as string"):
        tables.arrow(broken, tables.TWEETS, ["tweet_id"])


def test_times_without_a_zone_are_refused() -> None:
    local = pd.DataFrame({"at": pd.to_datetime(["2014-04-22"])})
    for table in (local, pa.Table.from_pandas(local), ibis.memtable(pa.Table.from_pandas(local))):
        with pytest.raises(UsageError, match="the times in column at carry no zone"):
            tables.arrow(table, tables.TWEETS, ["at"])


@pytest.mark.parametrize(
    "form", [pd.DataFrame, pa.table, lambda rows: ibis.memtable(pa.table(rows))]
)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1398189300, "are numbers"),
        (1398189300.5, "are numbers"),
        (datetime(2014, 4, 22), "carry no zone"),
        (date(2014, 4, 22), "carry no zone"),
        ("2014-04-22T18:00", "cannot be read as|are text"),
        ("x", "cannot be read as|are text"),
    ],
)
def test_what_is_no_moment_is_refused_in_every_kind_of_table(form, value, message) -> None:
    with pytest.raises(UsageError, match=message):
        tables.frame(form({"at": [value]}), tables.TWEETS, ["at"])


def test_objects_in_a_column_are_moments_with_their_zones() -> None:
    zoned = datetime(2014, 4, 22, tzinfo=UTC)
    for value, message in ((5, "are numbers"), (datetime(2014, 4, 22), "carry no zone")):
        mixed = pd.DataFrame({"at": pd.Series([zoned, value, None], dtype=object)})
        with pytest.raises(UsageError, match=message):
            tables.frame(mixed, tables.TWEETS, ["at"])
    fine = pd.DataFrame({"at": pd.Series([zoned, None, pd.NaT], dtype=object)})
    assert tables.frame(fine, tables.TWEETS, ["at"])["at"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize("kind", ["pandas", "ibis"])
def test_a_tweet_that_stands_twice_is_named(kind: str) -> None:
    rows = pd.DataFrame({"tweet_id": ["1", "2", "2"], "platform": ["x", "x", "y"]})
    tables.require_once(rows)
    twice = pd.concat([rows, rows.iloc[1:2]])
    with pytest.raises(UsageError, match="tweets are not unique: got tweet 2 twice"):
        tables.require_once(
            twice if kind == "pandas" else ibis.memtable(pa.table(rows[["tweet_id"]]))
        )


def test_a_column_that_stands_twice_is_refused() -> None:
    twice = pd.DataFrame([["1", "2"]], columns=["tweet_id", "tweet_id"])
    with pytest.raises(UsageError, match="a column stands twice: got tweet_id"):
        tables.arrow(twice, tables.TWEETS, ["tweet_id"])


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(UsageError, match="not a table: got list; allowed: an Ibis table"):
        tables.arrow([1], tables.TWEETS, ["tweet_id"])


@given(st.lists(st.integers(-(2**60), 2**60)))
def test_instants_and_microseconds_are_inverse(values: list[int]) -> None:
    there = tables.instants(values)
    assert tables.microseconds(pd.Series(there)).tolist() == values


@given(st.lists(st.one_of(st.none(), st.text(max_size=3))))
def test_codes_do_not_depend_on_order(column: list[str | None]) -> None:
    (codes,), names = tables.codes(column)
    (backwards,), same = tables.codes(column[::-1])
    assert names.tolist() == same.tolist() == sorted({c for c in column if c is not None})
    assert codes.tolist() == backwards.tolist()[::-1]
    assert [None if code < 0 else names[code] for code in codes] == column


def test_write_gives_an_exact_and_a_safe_file(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["=1+1", None], "at": tables.instants([0, 1])})
    tables.write(table, tmp_path / "t")
    assert pq.read_table(tmp_path / "t.parquet").column("name").to_pylist() == ["=1+1", None]
    assert (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines() == [
        "name,at",
        "'=1+1,1970-01-01T00:00:00+00:00",
        ",1970-01-01T00:00:00.000001+00:00",
    ]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    place.write_text("old", encoding="utf-8")

    def interrupted() -> None:
        with tables.written(place) as draft:
            draft.write_text("ne", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert place.read_text(encoding="utf-8") == "old"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"a file cannot be written: got .*Choose another place"):
        tables.write(pd.DataFrame({"a": [1]}), tmp_path / "file" / "t")


def test_inputs_are_not_changed() -> None:
    before = KINDS["pandas"].copy(deep=True)
    read = tables.frame(KINDS["pandas"], tables.TWEETS, ["tweet_id"])
    read.loc[0, "tweet_id"] = "changed"
    pd.testing.assert_frame_equal(KINDS["pandas"], before)
