"""What a step found, as a file from which the same comes back: data only, nothing that runs.

A file is a zip of `value.json` and, beside it, arrays (.npy) and tables (.parquet). Records
of this package stand there by the names of their classes.
"""

import contextlib
import dataclasses
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from spread import tables

__all__ = ["has", "load", "save"]

_KEY: Final = "key"
_VALUE: Final = "value.json"
_PACKAGE: Final = "spread."


def save(value: object, path: Path, *, key: str) -> None:
    """Write a value, so that `load` gives it again to whoever names the same key.

    Raises
    ------
    TypeError
        The value holds what is no data.
    OutputError
        The place cannot be written.
    """
    blobs: list[bytes] = []
    told = json.dumps(_coded(value, blobs))
    with tables.written(path) as draft, zipfile.ZipFile(draft, "w") as file:
        file.writestr(_KEY, key)
        file.writestr(_VALUE, told)
        for number, blob in enumerate(blobs):
            file.writestr(str(number), blob)


def load(path: Path, *, key: str) -> tuple[Any] | None:
    """Return the value kept there, in a tuple; None where there is none under that key."""
    try:
        with _opened(path, key) as file:
            return (_decoded(json.loads(file.read(_VALUE)), lambda number: file.read(str(number))),)
    except Exception:  # What is wrong with a file that is not ours has no end; it is made anew.
        return None


def has(path: Path, *, key: str) -> bool:
    """Tell whether there is a value under that key, without reading it."""
    try:
        with _opened(path, key):
            return True
    except Exception:  # As in `load`.
        return False


@contextlib.contextmanager
def _opened(path: Path, key: str) -> Iterator[zipfile.ZipFile]:
    """Give the file, if a value is kept in it under that key."""
    if not path.is_file():
        raise ValueError(path)
    with zipfile.ZipFile(path) as file:
        if file.getinfo(_KEY).file_size != len(key.encode()) or file.read(_KEY).decode() != key:
            raise ValueError(key)
        yield file


_Read = Callable[[int], bytes]


def _coded(value: Any, blobs: list[bytes]) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    for kind, (is_kind, code, _) in _KINDS.items():
        if is_kind(value):
            return {kind: code(value, blobs)}
    raise TypeError(f"a {type(value).__qualname__} is no data")


def _decoded(told: Any, read: _Read) -> Any:
    if not isinstance(told, dict):
        return told
    ((kind, value),) = told.items()
    return _KINDS[kind][2](value, read)


def _blob(blobs: list[bytes], content: bytes) -> int:
    blobs.append(content)
    return len(blobs) - 1


def _code_array(array: np.ndarray, blobs: list[bytes]) -> Any:
    if array.dtype == object:
        return [list(array.shape), [_coded(cell, blobs) for cell in array.ravel().tolist()]]
    content = io.BytesIO()
    np.save(content, array)
    return _blob(blobs, content.getvalue())


def _decode_array(told: Any, read: _Read) -> Any:
    if isinstance(told, int):
        return np.load(io.BytesIO(read(told)))
    shape, cells = told
    array = np.empty(len(cells), object)
    array[:] = [_decoded(cell, read) for cell in cells]
    return array.reshape(shape)


def _code_frame(frame: pd.DataFrame, blobs: list[bytes]) -> Any:
    """Return a frame; columns of objects, which Parquet would change, cell by cell."""
    objects = [name for name in frame if frame[name].dtype == object]
    cells = {name: [_coded(cell, blobs) for cell in frame[name].tolist()] for name in objects}
    content = io.BytesIO()
    bare = frame.drop(columns=objects)
    bare.attrs = {}
    pq.write_table(pa.Table.from_pandas(bare), content)
    attrs = _coded(dict(frame.attrs), blobs)
    return [_blob(blobs, content.getvalue()), list(frame.columns), cells, attrs]


def _decode_frame(told: Any, read: _Read) -> pd.DataFrame:
    number, columns, cells, attrs = told
    frame = pq.read_table(io.BytesIO(read(number))).to_pandas()
    for name, values in cells.items():
        column = np.empty(len(values), object)
        column[:] = [_decoded(value, read) for value in values]
        frame[name] = pd.Series(column, frame.index, dtype=object)
    frame = frame[columns]
    frame.attrs = _decoded(attrs, read)
    return frame


def _code_record(record: Any, blobs: list[bytes]) -> Any:
    kind = type(record)
    names = _fields(kind)
    values = {name: _coded(getattr(record, name), blobs) for name in names}
    return [kind.__module__, kind.__qualname__, values]


def _decode_record(told: Any, read: _Read) -> Any:
    module, name, values = told
    if not module.startswith(_PACKAGE) or module not in sys.modules:
        raise ValueError(module)
    kind = getattr(sys.modules[module], name)
    if not _is_record_type(kind):
        raise ValueError(name)
    return kind(**{field: _decoded(value, read) for field, value in values.items()})


def _fields(kind: Any) -> tuple[str, ...]:
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return tuple(kind._fields)


def _is_record_type(kind: Any) -> bool:
    named = isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")
    ours = isinstance(kind, type) and kind.__module__.startswith(_PACKAGE)
    return ours and (named or dataclasses.is_dataclass(kind))


def _code_cells(cells: Any, blobs: list[bytes]) -> list[Any]:
    return [_coded(cell, blobs) for cell in cells]


def _decode_cells(told: Any, read: _Read) -> list[Any]:
    return [_decoded(cell, read) for cell in told]


class _Kind(NamedTuple):
    """How a kind of value is told apart, coded and decoded."""

    is_kind: Callable[[Any], bool]
    code: Callable[[Any, list[bytes]], Any]
    decode: Callable[[Any, _Read], Any]


_KINDS: Final[dict[str, _Kind]] = {
    "missing": _Kind(lambda v: v is pd.NaT, lambda *_: 0, lambda *_: pd.NaT),
    "unknown": _Kind(lambda v: v is pd.NA, lambda *_: 0, lambda *_: pd.NA),
    "instant": _Kind(
        lambda v: isinstance(v, pd.Timestamp),
        lambda v, _: [v.isoformat(), v.unit],
        lambda told, _: pd.Timestamp(told[0]).as_unit(told[1]),
    ),
    "span": _Kind(
        lambda v: isinstance(v, pd.Timedelta),
        lambda v, _: [int(v.asm8.astype(np.int64)), v.unit],
        lambda told, _: pd.Timedelta(np.timedelta64(told[0], told[1])),
    ),
    "number": _Kind(
        lambda v: isinstance(v, np.generic),
        lambda v, blobs: _code_array(np.asarray(v), blobs),
        lambda told, read: _decode_array(told, read)[()],
    ),
    "record": _Kind(lambda v: _is_record_type(type(v)), _code_record, _decode_record),
    "tuple": _Kind(
        lambda v: type(v) is tuple, _code_cells, lambda told, read: tuple(_decode_cells(told, read))
    ),
    "list": _Kind(lambda v: type(v) is list, _code_cells, _decode_cells),
    "set": _Kind(
        lambda v: type(v) is frozenset,
        lambda v, blobs: _code_cells(sorted(v), blobs),
        lambda told, read: frozenset(_decode_cells(told, read)),
    ),
    "mapping": _Kind(
        lambda v: isinstance(v, Mapping),
        lambda v, blobs: [_code_cells(pair, blobs) for pair in v.items()],
        lambda told, read: dict(_decode_cells(pair, read) for pair in told),
    ),
    "array": _Kind(lambda v: isinstance(v, np.ndarray), _code_array, _decode_array),
    "frame": _Kind(lambda v: isinstance(v, pd.DataFrame), _code_frame, _decode_frame),
    "column": _Kind(
        lambda v: isinstance(v, pd.Series),
        lambda v, blobs: [v.name, _code_frame(v.to_frame("values"), blobs)],
        lambda told, read: _decode_frame(told[1], read)["values"].rename(told[0]),
    ),
    "index": _Kind(
        lambda v: isinstance(v, pd.Index),
        lambda v, blobs: [v.name, _code_frame(pd.DataFrame({"values": v}), blobs)],
        lambda told, read: pd.Index(_decode_frame(told[1], read)["values"], name=told[0]),
    ),
}
