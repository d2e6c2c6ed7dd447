"""Cascades on the workers of Spark: a task holds some of them, whole, and draws their trees."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from spread import excitation
from spread._arguments import require_instance, require_one_of
from spread._errors import UsageError
from spread._folders import new_folder
from spread._random import resolve_seed
from spread.cascade import _forests
from spread.cascade._draws import Place, Placed
from spread.cascade._events import (
    OPTIONAL,
    REQUIRED,
    Events,
    archive_window,
    cascade_keys,
    event_keys,
    held_events,
    unordered,
)
from spread.cascade._metrics import metrics
from spread.cascade._root_effect import Prior, asked_of, prior_of, with_prior
from spread.excitation import ExponentialPosterior, Kernel
from spread.tables import TWEETS, expression, microseconds
from spread.trees import Forests, Observed, Posterior

METHODS: Final = ("posterior", "debatenight", "star", "latest")
_HEADS: Final = pa.schema(
    [("file", pa.int64()), ("size", pa.int64()), ("root_us", pa.int64()), ("seen", pa.bool_())]
)
_SHAPES: Final = ("depth", "max_breadth", "virality")
_FLOATS: Final = (
    *(f"{name}{end}" for name in _SHAPES for end in ("", "_low", "_high")),
    *("time_to_10_s", "time_to_100_s", "time_to_1000_s"),
    *("star_depth", "star_virality", "parent_entropy"),
)
_MEASURED: Final = pa.schema(
    [
        ("cascade", pa.int32()),
        ("tweet_id", pa.string()),
        ("user_id", pa.string()),
        ("root_at", pa.timestamp("us", "UTC")),
        ("size", pa.int64()),
        *((name, pa.float64()) for name in _FLOATS),
        ("seed", pa.int64()),
    ]
)
_EVENTS: Final = pa.schema([("at_s", pa.float64()), ("mark", pa.float64()), ("head", pa.bool_())])


def metrics_on_workers(
    tweets: ibis.Table,
    to: str | Path,
    *,
    method: str = "posterior",
    trees: int = 200,
    kernel: str | None = None,
    root_effect: bool = True,
    singletons: bool = True,
    rng: np.random.Generator | int | None = None,
) -> ibis.Table:
    """Return what `metrics(forests(tweets, …))` returns, computed on the workers of Spark.

    Cascades are independent once the kernel is known. Events are laid out in the order of
    their cascades, each cascade whole in one part; the kernel is fitted here to the whole
    cascades that `forests` would draw (20,000 events, and 100,000 cascades for the effect of
    the root); then each part is measured where it lies. Every tree is drawn from the same
    random numbers as on one machine: the same seed gives the same metrics, however the
    parts fall. Of all cascades only sizes and times come back, about 60 bytes each; a
    worker holds the largest cascade whole. `parent_entropy` may differ in its last digits,
    all else does not differ.

    Parameters
    ----------
    tweets
        A table of an archive on Spark (`archive.open(path, engine="spark").tweets`).
    to
        The folder to be made, which every worker sees by the same path: `events` and
        `metrics`, each as parts of Parquet.
    method
        posterior, debatenight, star or latest; the others need one machine.
    trees, kernel, root_effect, singletons, rng
        As in `forests`.

    Returns
    -------
    ibis.Table
        The columns of `metrics`, on Spark, and `seed`.

    Raises
    ------
    UsageError
        The tweets are not on Spark, an option cannot be used, or a tweet occurs twice.
    OutputError
        `to` cannot be written.

    References
    ----------
    As `forests` and `metrics`

    Examples
    --------
    >>> metrics_on_workers(ibis.memtable(pa.table({"tweet_id": ["1"]})), "measured")
    Traceback (most recent call last):
    spread._errors.UsageError: the tweets are not on Spark: got duckdb. Open the archive with...
    """
    require_one_of("method", method, METHODS)
    require_instance("tweets", tweets, ibis.Table, "a table of an archive on Spark")
    con = tweets.get_backend()
    if con.name != "pyspark":
        raise UsageError(
            "the tweets are not on Spark",
            got=con.name,
            hint="Open the archive with engine='spark', or use forests and metrics",
        )
    from spread.archive import _spark

    options = _Options(method, trees, resolve_seed(rng), kernel, root_effect, singletons)
    with new_folder(to) as draft:
        folder = draft.absolute()
        known = expression(tweets, TWEETS, REQUIRED, optional=OPTIONAL)
        known = known.mutate(platform=known.platform.fill_null(""))
        _lay_out(con, known, folder / "events", singletons)
        window = archive_window(known)
        each = partial(_spark.over_files, con, sorted((folder / "events").glob("*.parquet")))
        plan = _planned(each, window, options)
        each(partial(_measured, plan=plan), _MEASURED, write_to=folder / "metrics")
    return _spark.parquet(con, sorted((Path(to) / "metrics").glob("*.parquet")), "metrics")


@dataclass(frozen=True)
class _Options:
    method: str
    trees: int
    seed: int
    kernel: str | None
    root_effect: bool
    singletons: bool


@dataclass(frozen=True)
class _Plan:
    """What a worker needs beside its own part."""

    options: _Options
    window: dict[str, int]
    places: list[Place]
    kernel: Kernel | None
    prior: Prior | None


def _lay_out(con: Any, known: Any, to: Path, singletons: bool) -> None:
    """Write events in order, whole cascades to a part."""
    from spread.archive import _spark

    rows = unordered(known, singletons=singletons, quotes=False)
    rows = rows.filter(~rows.repeated)
    keys = {f"key_{k}": key for k, key in enumerate(cascade_keys(rows))}
    inner = {f"order_{k}": key for k, key in enumerate(event_keys(rows))}
    _spark.write_ranged(con, rows.mutate(**keys, **inner), to, list(keys), list(inner))


def _planned(each: Callable[..., pa.Table], window: dict[str, int], options: _Options) -> _Plan:
    """Fit what all cascades share, and tell each part where it stands among all."""
    heads = each(_heads, _HEADS)
    file, size = heads["file"].to_numpy(), heads["size"].to_numpy()
    files = int(file.max(initial=-1)) + 1
    rows = np.append(0, np.cumsum(np.bincount(file, size, files).astype(np.int64)))
    first = np.append(0, np.cumsum(np.bincount(file, minlength=files)))
    places = [
        Place(int(rows[k]), int(rows[-1]), int(first[k]), int(first[-1])) for k in range(files)
    ]
    plan = _Plan(options, window, places, None, None)
    if options.method != "posterior":
        return plan
    root_us, seen = heads["root_us"].to_numpy(), heads["seen"].to_numpy(zero_copy_only=False)
    whole = root_us >= window["opens"]
    truncated = ~seen if options.singletons else size > 1
    closes_s = (window["closes"] - root_us) / 1e6

    def events_of(chosen: NDArray[np.int64]) -> ExponentialPosterior:
        wanted = [(chosen[(file[chosen] == k)] - first[k]).tolist() for k in range(files)]
        return _collected(each(partial(_events_of, wanted=wanted, window=window), _EVENTS))

    kept = excitation.sampled(size, whole=whole, seed=options.seed)
    fit = excitation.fit(
        events_of(kept),
        shape=options.kernel,
        closes_s=closes_s[kept],
        truncated=truncated[kept],
        resolution_s=window["resolution_ms"] / 1000,
        with_intervals=False,
        seed=None,
    )
    plan = replace(plan, kernel=fit.kernel)
    if fit.cannot_tell or not options.root_effect:
        return plan
    asked = asked_of(size, whole & ~truncated, seed=options.seed)
    sample = events_of(asked)
    prior = prior_of(replace(sample, kernel=fit.kernel), closes_s[asked])
    return replace(plan, prior=prior)


def _collected(events: pa.Table) -> ExponentialPosterior:
    heads = np.flatnonzero(events["head"].to_numpy(zero_copy_only=False))
    offsets = np.append(heads, len(events)).astype(np.int64)
    times, marks = events["at_s"].to_numpy(), events["mark"].to_numpy()
    return ExponentialPosterior(times, marks, offsets, excitation.exponential(1.0))


def _found(path: Path, window: dict[str, int]) -> Events:
    """Return the events of a part."""
    rows = pq.read_table(path)
    return held_events(rows, window)


def _heads(number: int, path: Path) -> pa.Table:
    rows = pq.read_table(path, columns=["place", "root_at", "collected"])
    heads = np.flatnonzero(rows["place"].to_numpy() == 0)
    sizes = np.diff(np.append(heads, len(rows)))
    root = rows.take(pa.array(heads))
    columns = [np.full(len(heads), number), sizes, microseconds(root["root_at"])]
    return pa.table([*map(pa.array, columns), root["collected"].combine_chunks()], schema=_HEADS)


def _events_of(
    number: int, path: Path, *, wanted: list[list[int]], window: dict[str, int]
) -> pa.Table:
    """Return times and marks of some of a part's cascades."""
    if not wanted[number]:
        return _EVENTS.empty_table()
    found = _found(path, window)
    chosen = np.zeros(len(found.offsets) - 1, bool)
    chosen[wanted[number]] = True
    rows = found.table[np.repeat(chosen, np.diff(found.offsets))]
    return pa.table([rows["at_s"], rows["mark"], rows["event"] == 0], schema=_EVENTS)


def _measured(number: int, path: Path, *, plan: _Plan) -> pa.Table:
    """Return the metrics of a part's cascades, numbered among all."""
    found = _found(path, plan.window)
    posterior, place, options = _posterior(found, plan), plan.places[number], plan.options
    forests = Forests(
        found.table,
        found.offsets,
        Placed(posterior, place),
        options.method,
        1 if isinstance(posterior, Observed) else options.trees,
        options.seed,
        {},
        found.root_at,
    )
    told = metrics(forests).assign(seed=options.seed)
    told["cascade"] += place.cascades_before
    return pa.Table.from_pandas(told, schema=_MEASURED, preserve_index=False)


def _posterior(found: Events, plan: _Plan) -> Posterior:
    if plan.kernel is None:
        return _forests.posterior_of(plan.options.method, found)
    posterior = _forests.under(found, plan.kernel)
    return with_prior(posterior, found.closes_s, plan.prior) if plan.prior else posterior
