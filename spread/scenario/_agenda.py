"""Roots as they are collected for an agenda, what all agendas share, and their order of time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spread.scenario._cities import ELSEWHERE
from spread.scenario._story import Topic
from spread.scenario._world import AVOID, ORDINARY, OTHER, Agenda

__all__ = [
    "GRID_S",
    "HOUR_S",
    "LAUNCHER",
    "Rows",
    "add_lookalike",
    "anywhere",
    "in_order",
    "luck",
    "times",
]

GRID_S, HOUR_S = 10.0, 3_600.0
LAUNCHER = 0
"""The first fixture of a story, so account 0."""


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


def times(
    grid: NDArray[np.float64],
    rate: NDArray[np.float64],
    mean: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw a Poisson process whose rate is `rate` on the steps of a grid, `mean` in all."""
    steps = rng.choice(grid.size, rng.poisson(mean), p=rate / rate.sum())
    return grid[steps] + GRID_S * rng.random(steps.size)


def luck(size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return by how much more often than usual each root is passed on, mean 1."""
    return rng.lognormal(-0.5, 1.0, size)


def anywhere(size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return a city for half of the rows, each city as likely as any, and −1 for the rest."""
    return np.where(rng.random(size) < 0.5, rng.integers(0, ELSEWHERE.stop, size), -1)


def add_lookalike(
    rows: Rows,
    number: int,
    topic: Topic,
    *,
    scale: float,
    mean_size: float,
    end_s: float,
    rng: np.random.Generator,
) -> None:
    """Add a tag of the root's form that somebody invents who never met the root tag."""
    rows.add([topic.start_s], topic=number, city=topic.city, rule=AVOID)
    count = int(30 + 250 * scale)
    rows.add(
        topic.start_s + 300.0 + (end_s - topic.start_s - 300.0) * rng.random(count) ** 1.5,
        topic=number,
        size=0.5 * mean_size * luck(count, rng),
        city=np.where(rng.random(count) < 0.8, topic.city, -1),
        source=np.where(rng.random(count) < 0.6, number, -1),
    )
