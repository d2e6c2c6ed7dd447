"""Forests: cascades with what is known of their trees."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from spread._arguments import require_count
from spread._errors import UsageError
from spread._random import stream
from spread.text import html_card
from spread.trees._arithmetic import (
    Numbers,
    Parents,
    checked_parents,
    depths_kernel,
    event_credit_kernel,
    viralities_kernel,
)

_Answer = TypeVar("_Answer")

_AT_ONCE = 4
"""So many trees are drawn together, which takes half the time of one by one."""


class Posterior(Protocol):
    """What is known of who passed on from whom, over the rows of an events table.

    Parents are drawn independently of each other given times and marks, so that the
    expectations below need no enumeration of trees.
    """

    def draw(self, rng: np.random.Generator) -> Parents:
        """Return one parent array over the rows of all events, −1 at roots."""

    def probabilities(self, row: int) -> Numbers:
        """Return the probabilities of a row's parents: its cascade's earlier events."""

    def probability(self, parents: Parents) -> Numbers:
        """Return, per row, the probability of the parent named; 1 at roots."""

    def entropy(self) -> Numbers:
        """Return, per row, the entropy of its parent in nats; NaN at roots."""

    def expected_depth(self) -> Numbers:
        """Return, per row, the expected depth."""

    def expected_virality(self) -> Numbers:
        """Return, per cascade, the expected structural virality; NaN for one event."""

    def expected_credit(self, counted: Numbers | None = None) -> Numbers:
        """Return, per row, the expected Shapley credit for the events counted."""


@runtime_checkable
class Selective(Protocol):
    """A posterior that can leave out cascades not asked for, and draw several trees at once."""

    def draw_some(self, rngs: Sequence[np.random.Generator], wanted: NDArray[np.bool_]) -> Parents:
        """Return, a row a generator, what `draw` gives to cascades that are wanted, else −1."""


@dataclass(frozen=True, repr=False, eq=False)
class Observed:
    """A posterior that is certain: trees that were seen, simulated or assumed.

    Examples
    --------
    >>> Observed(np.array([-1, 0, 1], np.int32), np.array([0, 3])).expected_depth().tolist()
    [0.0, 1.0, 2.0]
    """

    parents: Parents
    offsets: NDArray[np.int64]

    def draw(self, rng: np.random.Generator) -> Parents:
        """Return the parents; nothing is drawn."""
        del rng
        return self.parents.copy()

    def probabilities(self, row: int) -> Numbers:
        """Return 1 for the parent and 0 for the other earlier events."""
        start = self.offsets[np.searchsorted(self.offsets, row, side="right") - 1]
        return (np.arange(start, row) == self.parents[row]).astype(float)

    def probability(self, parents: Parents) -> Numbers:
        """Return 1 where the parent named is the one observed, else 0."""
        return (parents == self.parents).astype(float)

    def entropy(self) -> Numbers:
        """Return 0, NaN at roots."""
        return np.where(self.parents < 0, np.nan, 0.0)

    def expected_depth(self) -> Numbers:
        """Return the depths."""
        return depths_kernel(self.parents).astype(float)

    def expected_virality(self) -> Numbers:
        """Return each cascade's structural virality."""
        return viralities_kernel(self.parents)

    def expected_credit(self, counted: Numbers | None = None) -> Numbers:
        """Return each event's credit."""
        weights = np.ones(len(self.parents)) if counted is None else counted
        return event_credit_kernel(self.parents, weights)


@dataclass(frozen=True, repr=False, eq=False)
class Forests:
    """Cascades with what is known of their trees.

    Attributes
    ----------
    events
        One row an event, the columns of `tables.EVENTS`, sorted by cascade and event.
    offsets
        Cascade c holds the rows from `offsets[c]` up to `offsets[c + 1]`.
    posterior
        Who passed on from whom, with probabilities: see `Posterior`.
    method
        How the trees were found.
    trees
        How many trees stand for the posterior: `tree(0)` to `tree(trees - 1)`.
    seed
        Decides every tree.
    parameters
        What was fitted and what was counted on the way.
    root_at
        When each cascade began (UTC).
    """

    events: pd.DataFrame
    offsets: NDArray[np.int64]
    posterior: Posterior
    method: str
    trees: int
    seed: int
    parameters: Mapping[str, object]
    root_at: pd.DatetimeIndex

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def tree(self, i: int) -> Parents:
        """Return tree number i over all rows: each row's parent row, −1 at roots.

        The same i gives the same tree every time; no tree is kept.

        Raises
        ------
        UsageError
            There is no tree of that number.
        """
        number = require_count("tree", i, least=0, most=self.trees - 1)
        return self.posterior.draw(stream(self.seed, number))

    def each(
        self, function: Callable[[Parents], _Answer], *, workers: int | None = None
    ) -> Iterator[_Answer]:
        """Yield `function(tree(i))` for each tree in order, over threads.

        The answers do not depend on the number of threads. A thread holds four trees at a
        time, and no more than `workers` times four answers wait to be taken. Trees are drawn
        by compiled code that runs beside other threads; so should the function.

        Parameters
        ----------
        function
            Takes a parent array over all rows, as `tree` returns it.
        workers
            How many threads; by default one for each processor.

        Raises
        ------
        UsageError
            There are fewer than one worker.

        Examples
        --------
        >>> events = pd.DataFrame(
        ...     {"cascade": [0, 0], "event": [0, 1], "tweet_id": ["1", "2"],
        ...      "user_id": ["a", "b"], "at_s": [0.0, 9.0], "mark": [5.0, 1.0]})
        >>> list(observed(events, [-1, 0]).each(lambda parents: int(parents.max())))
        [0]
        """
        return self.numbered(lambda _, parents: function(parents), workers=workers)

    def numbered(
        self,
        function: Callable[[int, Parents], _Answer],
        *,
        cascades: NDArray[np.bool_] | None = None,
        workers: int | None = None,
    ) -> Iterator[_Answer]:
        """Yield `function(i, tree(i))` for each tree in order, over threads.

        Parameters
        ----------
        function
            Takes the number of a tree and its parent array over all rows.
        cascades
            Of which cascades the parents are asked for, all by default: those of others may
            be left at −1, which saves the time to draw them.
        workers
            As in `each`.

        Raises
        ------
        UsageError
            There are fewer than one worker.

        Examples
        --------
        >>> events = pd.DataFrame(
        ...     {"cascade": [0, 0], "event": [0, 1], "tweet_id": ["1", "2"],
        ...      "user_id": ["a", "b"], "at_s": [0.0, 9.0], "mark": [5.0, 1.0]})
        >>> list(observed(events, [-1, 0]).numbered(lambda i, tree: (i, tree.tolist())))
        [(0, [-1, 0])]
        """
        threads = os.cpu_count() or 1
        if workers is not None:
            threads = require_count("workers", workers)
        return self._numbered(function, cascades, min(threads, self.trees))

    def _numbered(
        self,
        function: Callable[[int, Parents], _Answer],
        cascades: NDArray[np.bool_] | None,
        threads: int,
    ) -> Iterator[_Answer]:
        def answers(first: int, end: int) -> list[_Answer]:
            numbers = range(first, end)
            drawn = self._some(numbers, cascades)
            return [function(i, tree) for i, tree in zip(numbers, drawn, strict=True)]

        # The first tree builds what the posterior keeps: once, not once a thread.
        yield from answers(0, 1)
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[list[_Answer]]] = deque()
            for first in range(1, self.trees, _AT_ONCE):
                waiting.append(pool.submit(answers, first, min(first + _AT_ONCE, self.trees)))
                if len(waiting) > threads:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

    def _some(self, numbers: range, cascades: NDArray[np.bool_] | None) -> Iterable[Parents]:
        if not isinstance(self.posterior, Selective):
            return map(self.tree, numbers)
        wanted = np.ones(len(self), bool) if cascades is None else cascades
        return self.posterior.draw_some([stream(self.seed, i) for i in numbers], wanted)

    def frame(self, i: int) -> pd.DataFrame:
        """Return the events with `tree` = i and `parent`, an event number or −1 at roots."""
        parents = self.tree(i)
        starts = np.repeat(self.offsets[:-1], np.diff(self.offsets))
        within = np.where(parents < 0, -1, parents - starts).astype(np.int32)
        return self.events.assign(tree=np.int32(i), parent=within)

    def __repr__(self) -> str:
        return (
            f"Forests({len(self)} cascades, {len(self.events)} events, "
            f"method={self.method!r}, trees={self.trees}, seed={self.seed})"
        )

    def _repr_html_(self) -> str:
        sizes_of = np.diff(self.offsets)
        facts: dict[str, object] = {
            "cascades": f"{len(self):,}",
            "events": f"{len(self.events):,}",
            "largest": f"{int(sizes_of.max()):,} events" if len(self) else "none",
            "method": self.method,
            "trees drawn": self.trees,
            **_readable(self.parameters),
            "seed": self.seed,
        }
        return html_card("Forests", facts)


def _readable(parameters: Mapping[str, object]) -> dict[str, str]:
    """Return parameters in few digits, an estimate with its interval; without what is unknown."""

    def digits(value: object) -> str:
        return f"{value:.4g}" if isinstance(value, float) else str(value)

    told = {name: digits(value) for name, value in parameters.items() if value is not None}
    with_interval = [name for name in told if {f"{name}_low", f"{name}_high"} <= told.keys()]
    for name in with_interval:
        low, high = told.pop(f"{name}_low"), told.pop(f"{name}_high")
        told[name] += f" ({low}–{high})"
    return told


def observed(
    events: pd.DataFrame,
    parents: ArrayLike,
    *,
    method: str = "observed",
    parameters: Mapping[str, object] | None = None,
    root_at: pd.DatetimeIndex | None = None,
) -> Forests:
    """Return trees that are known as Forests: reply trees, simulated cascades.

    Parameters
    ----------
    events
        The columns of `tables.EVENTS`, sorted by cascade and event, cascades from 0.
    parents
        Per row the row of its parent in the same cascade, −1 at each cascade's event 0.
    method
        A word for where the trees come from.
    parameters
        What made them; `seed`, if they were simulated.
    root_at
        When each cascade began; 1970 where it is not given.

    Raises
    ------
    UsageError
        A cascade has not exactly one root, its first event, or parents leave the cascade.

    Examples
    --------
    >>> events = pd.DataFrame(
    ...     {"cascade": [0, 0], "event": [0, 1], "tweet_id": ["1", "2"],
    ...      "user_id": ["a", "b"], "at_s": [0.0, 9.0], "mark": [5.0, 1.0]})
    >>> observed(events, [-1, 0]).tree(0).tolist()
    [-1, 0]
    """
    checked = checked_parents(parents)
    cascade = events["cascade"].to_numpy()
    starts = np.flatnonzero(np.diff(cascade, prepend=-1))
    offsets = np.append(starts, len(cascade)).astype(np.int64)
    if len(checked) != len(events):
        raise UsageError(
            "parents and events differ in length", got=f"{len(checked)}, {len(events)}"
        )
    if not np.array_equal(np.flatnonzero(checked < 0), offsets[:-1]) or np.any(
        cascade[checked[checked >= 0]] != cascade[checked >= 0]
    ):
        raise UsageError(
            "a cascade is not one tree",
            allowed="each cascade's first event is its only root, parents are in the cascade",
        )
    if root_at is None:
        root_at = pd.DatetimeIndex(np.zeros(len(offsets) - 1, "datetime64[us]")).tz_localize("UTC")
    facts = dict(parameters or {})
    seed = int(facts.get("seed", 0))  # type: ignore[call-overload]
    return Forests(events, offsets, Observed(checked, offsets), method, 1, seed, facts, root_at)
