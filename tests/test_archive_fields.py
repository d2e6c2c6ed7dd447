"""A field of another kind costs its record at most, in every format."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fuzz.targets import records, table
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_archive import put
from one_of_each import ONE_OF_EACH

from spread import archive

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**70, 1.5, 1e300, "", "x", "-1", "2014-13-45T99:99:99Z", "\x00", "\ud83d",
    [], [1], [[]], [None], {}, {"a": 1}, {"uri": 1},
)  # fmt: skip


def _paths(found: Any) -> Iterator[tuple[Any, ...]]:
    """Yield where something stands inside a record."""
    here = found.items() if isinstance(found, dict) else enumerate(found)
    for key, value in here if isinstance(found, dict | list) else ():
        yield (key,)
        if isinstance(value, dict | list):
            yield from ((key, *path) for path in _paths(value))


def _changed(record: Any, path: tuple[Any, ...], value: Any) -> Any:
    whole = copy.deepcopy(record)
    part = whole
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return whole


PLACES = [(name, path) for name, record in ONE_OF_EACH.items() for path in _paths(record)]


@given(st.sampled_from(PLACES), st.sampled_from(ODD))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_field_of_another_kind_ends_no_reading(place: tuple[str, Any], value: Any) -> None:
    name, path = place
    records(b"\x09" + json.dumps(_changed(ONE_OF_EACH[name], path, value)).encode())


def test_a_cell_that_is_nested_deep_costs_its_row() -> None:
    # The fifth of the headers is twarc-csv's, in which tags are JSON.
    table(b"\x04" + b"458640532934737920,1,fine," + b"[" * 5000 + b",1,2014-04-22T18:00:00Z\n")


def test_a_field_of_another_kind_costs_its_record_alone(tmp_path: Path) -> None:
    post = ONE_OF_EACH["post of bluesky"]
    odd = [("record", "langs", [1]), ("author", "handle", 0), ("author", "displayName", True)]
    odd += [("author", "createdAt", [2**70]), ("record", "text", 5), ("record", "tags", [{}])]
    wrong = [post | {"uri": f"at://x/{n}", a: post[a] | {b: c}} for n, (a, b, c) in enumerate(odd)]
    report = archive.read(put(tmp_path / "a.jsonl", *wrong, post)).report
    assert (report.totals["kept"], report.reasons) == (1, {"BAD_FIELD": len(odd)})
