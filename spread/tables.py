"""The vocabulary: the columns of every table, their types and units.

A table that enters an analysis may be an Ibis table, a pandas frame or an Arrow
table; `expression` makes one Ibis expression of it, with the columns that are needed
and their declared types, and names what is missing. `arrow` and `frame` run an
expression. Ids are strings from the first byte to the last file.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, Union

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from spread import _schemas
from spread._errors import MissingColumnError, UsageError
from spread._written import written
from spread.text import csv_cell

if TYPE_CHECKING:
    import ibis

__all__ = [
    "EVENTS", "FOLLOWS", "REJECTS", "TWEETS", "USERS", "Table", "arrow", "codes", "empty",
    "expression", "frame", "instants", "microseconds", "require_once", "rows", "write", "written",
]  # fmt: skip

Table: TypeAlias = Union["ibis.Table", pd.DataFrame, pa.Table]
"""What a function takes as a table."""

TWEETS = _schemas.TWEETS
"""One row a tweet, retweets included; unique by (platform, tweet_id).

`origin` is `collected` (the archive returned it), `embedded` (it came inside another)
or `stub` (only its id is known): counts use collected rows, cascades use all. `kind`
is tweet, retweet, quote or reply. `hashtags` are keys (`text.hashtag_key`), resolved
through the original for a retweet; `mentions` are user ids that this author wrote.
`at_resolution_ms` is 1 or 1000. `followers` are the author's, at that tweet.
"""

USERS = _schemas.USERS
"""One row an account; a renamed account is one row, `screen_name` is the last seen."""

FOLLOWS = _schemas.FOLLOWS
"""Who follows whom, where it is known."""

REJECTS = _schemas.REJECTS
"""Records that could not be read: the file, the record's number from 1, why."""

EVENTS = _schemas.EVENTS
"""Events of cascades, sorted by (cascade, event): `event` 0 is the root, `at_s` are
seconds since the root, `mark` is the author's follower count (at least 1)."""


def expression(
    table: Table, schema: pa.Schema, columns: Sequence[str], *, optional: Sequence[str] = ()
) -> "ibis.Table":
    """Return an Ibis expression of the named columns, with their declared types.

    Parameters
    ----------
    table
        An Ibis table, a pandas frame or an Arrow table.
    schema
        Where the types are declared, such as `TWEETS`.
    columns
        Columns that must be there.
    optional
        Columns that are null where the table lacks them.

    Raises
    ------
    MissingColumnError
        Names all the columns that are missing.
    UsageError
        The table is none of the three kinds, or a column cannot take its type.

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["1"], "at": pd.to_datetime(["2014-04-22"], utc=True)})
    >>> expression(tweets, TWEETS, ["tweet_id", "at"]).columns
    ('tweet_id', 'at')
    """
    import ibis

    if not isinstance(table, ibis.Table):
        return ibis.memtable(arrow(table, schema, columns, optional=optional))
    wanted = _wanted(table, schema, columns, optional)
    types = ibis.Schema.from_pyarrow(wanted)
    return table.select(
        **{
            name: table[name].cast(types[name]) if name in table.columns else ibis.null(types[name])
            for name in wanted.names
        }
    )


def arrow(
    table: Table, schema: pa.Schema, columns: Sequence[str], *, optional: Sequence[str] = ()
) -> pa.Table:
    """Return the named columns as an Arrow table; arguments and errors as `expression`.

    Examples
    --------
    >>> arrow(pd.DataFrame({"tweet_id": ["1"]}), TWEETS, ["tweet_id"]).num_rows
    1
    """
    wanted = _wanted(table, schema, columns, optional)
    if _is_expression(table):
        return expression(table, schema, columns, optional=optional).to_pyarrow().cast(wanted)
    arrays = []
    for field in wanted:
        if field.name not in _column_names(table):
            arrays.append(pa.nulls(len(table), field.type))
            continue
        column = table[field.name]
        try:
            arrays.append(
                column.cast(field.type)
                if isinstance(table, pa.Table)
                else pa.Array.from_pandas(column, type=field.type)
            )
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise UsageError(
                f"column {field.name} cannot be read as {field.type}",
                got=f"{getattr(column, 'dtype', getattr(column, 'type', None))} ({error})",
                hint="Ids are text; times carry a zone",
            ) from error
    return pa.table(arrays, schema=wanted)


def frame(
    table: Table, schema: pa.Schema, columns: Sequence[str], *, optional: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the named columns as a pandas frame; arguments and errors as `expression`.

    Examples
    --------
    >>> frame(pa.table({"tweet_id": ["1"]}), TWEETS, ["tweet_id"]).tweet_id.tolist()
    ['1']
    """
    return arrow(table, schema, columns, optional=optional).to_pandas()


def empty(schema: pa.Schema) -> pd.DataFrame:
    """Return a frame with a schema's columns and no row.

    Examples
    --------
    >>> len(empty(USERS)), empty(USERS).columns[0]
    (0, 'platform')
    """
    return schema.empty_table().to_pandas()


def rows(table: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a frame as named tuples: `itertuples`, without types.

    Examples
    --------
    >>> [row.tag for row in rows(pd.DataFrame({"tag": ["a"]}))]
    ['a']
    """
    return iter(table.itertuples(index=False))


def microseconds(column: pa.ChunkedArray | pa.Array | pd.Series) -> NDArray[np.int64]:
    """Return instants as microseconds since 1970 (int64).

    Raises
    ------
    UsageError
        An instant is null.

    Examples
    --------
    >>> microseconds(pd.Series(pd.to_datetime(["1970-01-01T00:00:01Z"]))).tolist()
    [1000000]
    """
    array = pa.Array.from_pandas(column) if isinstance(column, pd.Series) else column
    if array.null_count:
        raise UsageError(
            "times are missing", got=f"{array.null_count} null", hint="Drop those rows"
        )
    whole = array.cast(TWEETS.field("at").type).cast(pa.int64())
    return whole.to_numpy(zero_copy_only=False).astype(np.int64)


def instants(microseconds_since_1970: NDArray[np.int64] | Sequence[int]) -> pd.DatetimeIndex:
    """Return microseconds since 1970 as UTC instants: the inverse of `microseconds`.

    Examples
    --------
    >>> str(instants([1000000])[0])
    '1970-01-01 00:00:01+00:00'
    """
    values = np.asarray(microseconds_since_1970, dtype=np.int64).astype("datetime64[us]")
    return pd.DatetimeIndex(values).tz_localize("UTC")


def codes(
    *columns: pa.ChunkedArray | pa.Array | Sequence[str | None],
) -> tuple[list[NDArray[np.int32]], NDArray[np.str_]]:
    """Return strings of several columns as int32 codes of one sorted vocabulary.

    Null is −1. The vocabulary is sorted, so that codes do not depend on row order.

    Examples
    --------
    >>> (source, target), names = codes(["b", "a"], ["a", None])
    >>> source.tolist(), target.tolist(), names.tolist()
    ([1, 0], [0, -1], ['a', 'b'])
    """
    chunks, ends = [pa.array([], pa.string())], [0]
    for column in columns:
        parts = column.chunks if isinstance(column, pa.ChunkedArray) else [pa.array(column)]
        chunks += [part.cast(pa.string()) for part in parts]
        ends.append(ends[-1] + sum(map(len, parts)))
    encoded = pa.chunked_array(chunks).dictionary_encode().combine_chunks()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    # The last place is that of null, whose index is −1.
    rank = np.full(len(order) + 1, -1, np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    coded = rank[encoded.indices.fill_null(-1).to_numpy()]
    vocabulary = encoded.dictionary.take(pa.array(order))
    return np.split(coded, ends[1:-1]), vocabulary.to_numpy(zero_copy_only=False)


def require_once(table: Table) -> None:
    """Refuse a table of tweets in which a tweet stands twice: it would count twice.

    A tweet is known by its id and, where the table has one, its platform.

    Raises
    ------
    UsageError
        Names one of those tweets.

    Examples
    --------
    >>> require_once(pd.DataFrame({"tweet_id": ["1", "1"]}))
    Traceback (most recent call last):
    spread._errors.UsageError: tweets are not unique: got tweet 1 twice. Keep one row for each...
    """
    optional = ["platform"] if "platform" in _column_names(table) else []
    known = expression(table, TWEETS, ["tweet_id", *optional])
    counts = known.group_by(known.columns).aggregate(times=known.count())
    twice = counts.filter(counts.times > 1).order_by("tweet_id").limit(1).to_pyarrow()
    if len(twice):
        raise UsageError(
            "tweets are not unique",
            got=f"tweet {twice['tweet_id'][0]} twice",
            hint="Keep one row for each platform and tweet_id",
        )


def write(table: pd.DataFrame | pa.Table, path: str | Path) -> None:
    """Write a table as `path`.parquet (exact) and `path`.csv (safe for spreadsheets).

    In the CSV lists are joined by spaces, instants are ISO 8601 in UTC, and texts go
    through `text.csv_cell`. Each file appears whole or not at all.

    Raises
    ------
    OutputError
        The place cannot be written.

    References
    ----------
    Apache Parquet, https://parquet.apache.org/docs/; RFC 4180 (CSV). A CSV has no types: ids and
    instants are exact in the Parquet file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(pd.DataFrame({"tag": ["=1"]}), Path(folder) / "tags")
    ...     (Path(folder) / "tags.csv").read_text(encoding="utf-8")
    "tag\\n'=1\\n"
    """
    exact = (
        table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    )
    stem = Path(path)
    with written(stem.with_name(stem.name + ".parquet")) as draft:
        pq.write_table(exact, draft)
    shown = exact.to_pandas()
    for field in exact.schema:
        if pa.types.is_timestamp(field.type):
            shown[field.name] = ["" if pd.isna(at) else at.isoformat() for at in shown[field.name]]
        elif pa.types.is_list(field.type):
            shown[field.name] = [
                "" if cells is None else csv_cell(" ".join(map(str, cells)))
                for cells in shown[field.name]
            ]
        elif pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            shown[field.name] = [
                "" if pd.isna(cell) else csv_cell(cell) for cell in shown[field.name]
            ]
    with written(stem.with_name(stem.name + ".csv")) as draft:
        shown.to_csv(draft, index=False, encoding="utf-8", lineterminator="\n")


def _is_expression(table: Table) -> TypeGuard["ibis.Table"]:
    """Whether it is an Ibis table; where Ibis was not loaded there is none."""
    return "ibis" in sys.modules and isinstance(table, sys.modules["ibis"].Table)


def _column_names(table: Table) -> list[str]:
    if _is_expression(table):
        return list(table.columns)
    if isinstance(table, pd.DataFrame):
        return [str(name) for name in table.columns]
    if isinstance(table, pa.Table):
        return list(table.column_names)
    raise UsageError(
        "not a table",
        got=type(table).__name__,
        allowed="an Ibis table, a pandas DataFrame, a pyarrow Table",
    )


def _wanted(
    table: Table, schema: pa.Schema, columns: Sequence[str], optional: Sequence[str]
) -> pa.Schema:
    names = _column_names(table)
    if missing := [name for name in columns if name not in names]:
        raise MissingColumnError(
            "the table lacks columns",
            got=", ".join(names) or "no column",
            allowed=f"a table with {', '.join(columns)}",
            hint=f"Add {', '.join(missing)}; `spread.tables` says what each column means",
        )
    wanted = pa.schema([schema.field(name) for name in (*columns, *optional)])
    if twice := sorted({name for name in wanted.names if names.count(name) > 1}):
        raise UsageError("a column stands twice", got=", ".join(twice), hint="Keep one of each")
    for field in wanted:
        if pa.types.is_timestamp(field.type) and field.name in names:
            _check_times(table, field.name)
    return wanted


def _check_times(table: Table, name: str) -> None:
    """Refuse numbers and local times: which moment they mean is not in the table."""
    kinds = _kinds(table, name)
    if any(map(_is_number, kinds)):
        raise UsageError(
            f"the times in column {name} are numbers",
            hint="Say their unit, such as pd.to_datetime(table.at, unit='s', utc=True)",
        )
    if any(
        pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and not kind.tz) for kind in kinds
    ):
        raise UsageError(
            f"the times in column {name} carry no zone",
            hint="Say which it is, such as table.at.dt.tz_localize('UTC')",
        )
    if _is_expression(table) and any(pa.types.is_string(kind) for kind in kinds):
        raise UsageError(
            f"the times in column {name} are text",
            hint="Cast them first, such as table.at.cast(\"timestamp('UTC')\")",
        )


def _kinds(table: Table, name: str) -> set[pa.DataType]:
    """Return the type of a column, or those of its values where these may differ."""
    if _is_expression(table):
        return {table.schema()[name].to_pyarrow()}
    if isinstance(table, pa.Table):
        kind = table.schema.field(name).type
    elif table[name].dtype == object:
        return {_kind_of(value) for value in table[name] if isinstance(value, date | Number)}
    else:
        kind = pa.Schema.from_pandas(table[[name]].head(0), preserve_index=False).field(name).type
    return {kind.value_type if pa.types.is_dictionary(kind) else kind}


def _kind_of(value: object) -> pa.DataType:
    if value is pd.NaT or value != value:
        return pa.null()
    if isinstance(value, datetime):
        return pa.timestamp("us", tz=None if value.tzinfo is None else "UTC")
    return pa.date32() if isinstance(value, date) else pa.float64()


def _is_number(kind: pa.DataType) -> bool:
    return any(
        is_kind(kind)
        for is_kind in (
            pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean,
        )
    )  # fmt: skip
