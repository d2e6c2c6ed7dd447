"""Roots as they are collected for an agenda, and the agenda in order of time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spread.scenario._world import ORDINARY, OTHER, Agenda

__all__ = ["Rows", "in_order"]


@dataclass
class Rows:
    """Roots as they are collected, before they are sorted by time."""

    parts: list[dict[str, NDArray[np.float64]]] = field(default_factory=list)
    count: int = 0

    def add(self, at_s: Sequence[float] | NDArray[np.float64], **columns: object) -> int:
        """Append rows and return the number of the first of them."""
        first, size = self.count, len(at_s)
        given = {**_DEFAULTS, "at_s": at_s, **columns}
        self.parts.append(
            {
                name: np.broadcast_to(np.asarray(value, dtype=np.float64), size)
                for name, value in given.items()
            }
        )
        self.count += size
        return first


_DEFAULTS: dict[str, object] = {
    "topic": 0,
    "also": -1,
    "stance": OTHER,
    "size": 1.0,
    "author": -1,
    "city": -1,
    "source": -1,
    "source_root": -1,
    "rule": ORDINARY,
    "prompt": -1,
}


def in_order(rows: Rows) -> tuple[Agenda, NDArray[np.int64]]:
    """Return the agenda in order of time, and where each row went."""
    columns = {name: np.concatenate([part[name] for part in rows.parts]) for name in rows.parts[0]}
    order = np.argsort(columns["at_s"], kind="stable")
    moved = np.empty_like(order)
    moved[order] = np.arange(order.size)
    for name in ("prompt", "source_root"):
        old = columns[name].astype(np.int64)
        columns[name] = np.where(old < 0, -1, moved[old])
    types = {"at_s": np.float64, "size": np.float64, "stance": np.int8, "city": np.int8}
    types |= {"rule": np.int8, "topic": np.int16, "also": np.int16, "source": np.int16}
    return (
        Agenda(
            *(columns[name][order].astype(types.get(name, np.int32)) for name in Agenda._fields)
        ),
        moved,
    )
