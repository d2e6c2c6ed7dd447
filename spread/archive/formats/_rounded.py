"""Ids that a spreadsheet rounded to 15 digits, told by their zeros in any column of a table."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from spread.archive._faults import DamageError, RejectedError
from spread.archive.formats._cells import Row
from spread.archive.formats._layouts import Layout

__all__ = ["checked"]

_BLOCK: Final = 1000
_IDS: Final = (
    "tweet_id", "author_id", "retweet_of", "retweet_author_id", "quote_of", "quote_author_id",
    "reply_to", "reply_author_id", "follower_id", "followed_id",
)  # fmt: skip
_LONG: Final = 16
_ZEROS: Final = "000"
_SHARE: Final = 0.05
_BY_CHANCE: Final = 4
"""One id of a thousand ends so: in no block of a large table are more so by chance."""


def checked(each: Iterator[Row], found: Layout) -> Iterator[Row]:
    """Yield rows; where a spreadsheet rounded the ids of a column, each with that as its fault.

    Where that begins late, what stands before is kept, but for ids that end as the rounded do.
    """
    columns = {name: found.places[name] for name in _IDS if name in found.places}
    before: list[Row] = []
    count, fault = 0, None
    for block in _blocks(each):
        rows = [row for row in block if isinstance(row, Row)]
        rounded = None if fault else _rounded(rows, columns, is_first=not count)
        if rounded is not None:
            fault = _fault(*rounded, found, count)
            place = columns[rounded[0]]
            before = [
                row._replace(fault=fault) if row.fault is None and _ends_so(row, place) else row
                for row in before
            ]
        yield from before
        before = [row._replace(fault=row.fault or fault) for row in rows]
        count += len(rows)
        if isinstance(block[-1], DamageError):
            yield from before
            raise block[-1]
    yield from before


def _blocks(each: Iterator[Row]) -> Iterator[list[Row | DamageError]]:
    """Yield rows by the block; a damage of the file ends the last one."""
    ended = False
    while not ended:
        block: list[Row | DamageError] = []
        try:
            for row in islice(each, _BLOCK):
                block.append(row)  # noqa: PERF402 - what came before a damage is kept
            ended = len(block) < _BLOCK
        except DamageError as damage:
            block.append(damage)
            ended = True
        if block:
            yield block


def _rounded(
    rows: Sequence[Row], columns: Mapping[str, int], *, is_first: bool
) -> tuple[str, int, int] | None:
    """Return the first column whose ids were rounded: its field, how many end so, of how many."""
    good = [row.fields for row in rows if row.fault is None]
    for field, place in columns.items():
        ids = {fields[place].strip("' ") for fields in good if len(fields[place]) >= _LONG}
        zeros = sum(map(_is_so, ids))
        least = 1 if is_first and field == "tweet_id" else 2 if is_first else _BY_CHANCE
        if zeros > max(least, _SHARE * len(ids)):
            return field, zeros, len(ids)
    return None


def _ends_so(row: Row, place: int) -> bool:
    return _is_so(row.fields[place].strip("' "))


def _is_so(cell: str) -> bool:
    return len(cell) >= _LONG and cell.endswith(_ZEROS) and cell.isdigit()


def _fault(field: str, zeros: int, count: int, found: Layout, row: int) -> RejectedError:
    place = found.places[field]
    where = f" in the column {found.header[place]!r}" if place < len(found.header) else ""
    since = f" from row {row + 1:,} on" if row else ""
    kept = "; the rows before show no such ids and are kept" if row else ""
    told = f"{zeros} of {count} ids{where}{since} end in {_ZEROS}: a spreadsheet rounded them"
    how = "export again, and import the id columns as text"
    return RejectedError("ID_FLOAT", f"{told}; {how}{kept}")
