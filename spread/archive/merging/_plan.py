"""What is asked of the parts of an archive, worked out once for all archives of a kind.

To put a query of Ibis into SQL takes longer than the query itself takes on a small archive.
"""

from functools import lru_cache
from typing import NamedTuple

import ibis
import pyarrow as pa

from spread._schemas import FOLLOWS, REJECTS
from spread.archive._engine import Query
from spread.archive._rows import EMBEDDED, PARTS, STRETCHES, TWEET_PARTS
from spread.archive.merging import _merge, _shares


class Plan(NamedTuple):
    """Queries of the parts, and of what others of these queries answered.

    `gathered` (where rows are to be), `ranks`, `links` and `stubs` are to be stored under these
    names, in this order; `following`, `standing`, `further` and `deleted` count records by
    their files.
    """

    gathered: Query
    names: Query
    ranks: Query
    links: Query
    stubs: Query
    tweets: Query
    users: Query
    rejects: Query
    follows: Query
    following: Query
    standing: Query
    further: Query
    deleted: Query


def part_name(name: str) -> str:
    """Return how the parts of a table are called in queries."""
    return f"part_{name}"


def plan(*, scrubbed: bool = False, divided: bool = False, shared: bool = False) -> Plan:
    """Return what is to be asked.

    Parameters
    ----------
    scrubbed
        Whether anybody asked to forget where they were.
    divided
        Whether files were read in stretches, which `STRETCHES` tells of.
    shared
        Whether there are rows of single objects that tweets share, to be gathered.
    """
    return _plan(scrubbed, divided, shared)


@lru_cache(maxsize=8)
def _plan(scrubbed: bool, divided: bool, shared: bool) -> Plan:
    parts = _merge.Parts(*(_part(name) for name in _merge.Parts._fields))
    every = parts.tweets
    if divided:
        every = _merge.numbered(every, _table(STRETCHES, part_name("stretches")))
    made_of_shares = _shares.gathered(parts.shares)
    parts = parts._replace(tweets=every)
    if shared:
        parts = parts._replace(tweets=every.union(_table(TWEET_PARTS, "gathered")))
        every = every.union(parts.shares)
    made = _merge.ranked(parts)
    ranks = _named(made, "ranks")
    links, stubs = _merge.links(parts, ranks), _merge.stubs(ranks)
    rows = _merge.tweets(parts, _named(links, "links"), _named(stubs, "stubs"), scrubbed=scrubbed)
    collected = every.filter(every.origin != EMBEDDED)
    followed = _part("follows")
    followed = followed.group_by(*FOLLOWS.names).agg(source_file=followed.source_file.min())
    asked = {
        "gathered": made_of_shares,
        "names": _merge.names(parts),
        "ranks": made,
        "links": links,
        "stubs": stubs,
        "tweets": rows,
        "users": _merge.users(parts, ranks),
        "rejects": _part("rejects").order_by(*REJECTS.names),
        "follows": followed.select(*FOLLOWS.names).order_by(*FOLLOWS.names),
        "following": _by_file(followed),
        "standing": _by_file(ranks.filter(ranks.origin != EMBEDDED)),
        "further": _by_file(_shares.further(parts.shares, ranks)),
        "deleted": _by_file(collected.semi_join(_merge.deleted(parts), "tweet_id")),
    }
    return Plan(**{name: Query(table) for name, table in asked.items()})


def _part(name: str) -> ibis.Table:
    return _table(PARTS[name], part_name(name))


def _table(schema: pa.Schema, name: str) -> ibis.Table:
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)


def _named(table: ibis.Table, name: str) -> ibis.Table:
    """Return the answer to a query as it is stored under a name."""
    return ibis.table(table.schema(), name=name)


def _by_file(rows: ibis.Table) -> ibis.Table:
    return rows.group_by("source_file").agg(rows=rows.count())


KINDS = Query(_part("notices").select("kind").distinct())
"""Which kinds of notices there are."""
