"""One file into parts of tables."""

import gc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

from spread.archive._counts import held_back
from spread.archive._reader import Reader
from spread.archive._records import Records, Stopped
from spread.archive._rows import Parts
from spread.archive.files._bytes import State, file_chunks, identity, state
from spread.archive.files._limits import USUAL, Limits
from spread.archive.files._members import texts
from spread.archive.files._packed import Meter
from spread.archive.formats._layouts import Columns


def ingest(
    path: Path,
    *,
    source_file: str,
    folder: Path,
    number: int,
    strict: bool = False,
    columns: Columns | None = None,
    limits: Limits = USUAL,
    time_zone: str | None = None,
    stretch: tuple[int, int | None] = (0, None),
    found: State | None = None,
    on_bytes: Callable[[int], object] = lambda _: None,
) -> dict[str, object]:
    """Read a file into parts of tables, and return its `FileCounts` as a dictionary.

    Parameters
    ----------
    path
        The file.
    source_file
        How the file is called in the tables.
    folder
        Where the parts are written.
    number
        The file's number, which the parts' names and rows carry.
    strict
        Stop at the first reject.
    columns
        Which column of a table holds what.
    limits
        What is read at most.
    time_zone
        The IANA name of the zone of times that are written without one.
    stretch
        From which byte to before which; records are counted from the first of them.
    found
        In which state the file was found, before any of it was read.
    on_bytes
        Is told how many bytes of the file were read.
    """
    with _no_collector(), closing(Parts(folder, number)) as parts:
        records = Records(source_file, parts, strict=strict)
        zone = None if time_zone is None else ZoneInfo(time_zone)
        reader = Reader(
            path, records, parts, columns=columns, limits=limits, zone=zone, start=stretch[0]
        )
        with suppress(Stopped):
            meter = Meter(on_bytes, limits.ratio)
            for text in texts(file_chunks(path, meter, *stretch), meter):
                reader.take_text(text)
    if found not in (None, state(path)):
        records.counts.changed.append(source_file)
    if stretch[0] == 0:
        records.counts.size, records.counts.sha256 = identity(path)
    if stretch == (0, None):
        records.counts.lost = max(map(held_back, records.tracks.values()), default=0)
    else:
        records.counts.tracks = records.tracks.get("", [])
    records.counts.servers = sorted(records.servers)
    records.counts.zones = {str(apart): n for apart, n in sorted(records.zones.items())}
    records.counts.times_doubted = sum(n for apart, n in records.zones.items() if apart)
    records.counts.formats = dict(sorted(records.formats.items()))
    return asdict(records.counts)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Spare the search for cycles: there are none, and it would take a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
