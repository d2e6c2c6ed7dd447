"""Ids in place of the screen names by which accounts were first known."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc


def with_ids(rows: pa.Table, *, names: Mapping[str, str]) -> pa.Table:
    """Put the ids of accounts in place of their names, where they are known."""
    if not names:
        return rows
    keys, ids = pa.array(list(names)), pa.array(list(names.values()))
    rows = rows.combine_chunks()
    lists = rows["mentions"].combine_chunks()
    flat = _known_ids(pc.list_flatten(lists), keys, ids)
    changed = {"mentions": pa.ListArray.from_arrays(_offsets(lists), flat)}
    for name in ("author_id", "retweet_author_id"):
        changed[name] = _known_ids(rows[name].combine_chunks(), keys, ids)
    for name, column in changed.items():
        rows = rows.set_column(rows.schema.get_field_index(name), rows.field(name), column)
    return rows


def _known_ids(column: pa.Array, keys: pa.Array, ids: pa.Array) -> pa.Array:
    return pc.coalesce(ids.take(pc.index_in(column, keys)), column)


def _offsets(lists: pa.ListArray) -> pa.Array:
    ends = pc.cumulative_sum(pc.fill_null(pc.list_value_length(lists), 0))
    return pa.concat_arrays([pa.array([0], pa.int32()), ends.cast(pa.int32())])
