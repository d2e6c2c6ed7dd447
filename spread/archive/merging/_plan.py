"""What is asked of the parts of an archive and of its tables, in Ibis.

DuckDB is asked in the words of `duckdb.sql`, which are made of these; other engines through Ibis.
"""

from functools import cache
from importlib.metadata import version

import ibis
import pyarrow as pa

from spread._schemas import FOLLOWS, REJECTS, TWEETS, USERS
from spread.archive._rows import COLLECTED, EMBEDDED, PARTS, STRETCHES, STUB, TWEET_PARTS
from spread.archive.merging import _accounts, _coverage, _merge, _shares
from spread.archive.merging._queries import NAMED, part_name


@cache
def plan() -> dict[str, ibis.Table]:
    """Return what can be asked, each query by its name."""
    return _of_rows() | _of_ranks() | _of_tables()


def in_words() -> str:
    """Return all that can be asked in DuckDB's words, as their file has them."""
    by = ", ".join(f"{name} {version(name)}" for name in ("ibis-framework", "sqlglot"))
    head = f"-- Made of merging/_plan.py by {by}; a test says how to make it anew.\n"
    sections = (
        f"{NAMED}{name}\n{ibis.to_sql(table, dialect='duckdb', pretty=True)}\n"
        for name, table in plan().items()
    )
    return "\n".join((head, *sections))


def _of_rows() -> dict[str, ibis.Table]:
    """Return what is asked of parts: which rows there are, and what other queries go on."""
    read, shares, follows = _part("tweets"), _part("shares"), _part("follows")
    numbered = _merge.numbered(read, _table(STRETCHES, part_name("stretches")))
    followed = follows.group_by(*FOLLOWS.names).agg(source_file=follows.source_file.min())
    return {
        "as_read": read,
        "numbered": numbered,
        "gathered": _shares.gathered(shares),
        "with_gathered": numbered.union(_table(TWEET_PARTS, "gathered")),
        "with_shares": numbered.union(shares),
        "kinds": _part("notices").select("kind").distinct(),
        "rejects": _part("rejects").order_by(*REJECTS.names),
        "follows": followed.select(*FOLLOWS.names).order_by(*FOLLOWS.names),
        "following": _by_file(followed),
        "self_follows": _coverage.self_follows(follows),
    }


def _of_ranks() -> dict[str, ibis.Table]:
    """Return what makes tables of `rows`, and counts `records` by their files."""
    others = {name: _part(name) for name in _merge.Parts._fields if name != "tweets"}
    parts = _merge.Parts(tweets=_table(TWEET_PARTS, "rows"), **others)
    records = _table(TWEET_PARTS, "records")
    made = _merge.ranked(parts)
    ranks = _named(made, "ranks")
    links, stubs = _merge.links(parts, ranks), _merge.stubs(ranks)
    linked, lonely = _named(links, "links"), _named(stubs, "stubs")
    collected, gone = records.filter(records.origin != EMBEDDED), _merge.deleted(parts)
    return {
        "closed": _merge.closed(parts),
        "names": _merge.names(parts),
        "ranks": made,
        "links": links,
        "stubs": stubs,
        "tweets": _merge.tweets(parts, linked, lonely, noticed=False),
        "noticed_tweets": _merge.tweets(parts, linked, lonely, noticed=True),
        "users": _accounts.users(parts, ranks),
        "standing": _by_file(ranks.filter(ranks.origin != EMBEDDED)),
        "contradicted": _coverage.contradicted(records, ranks),
        "further": _by_file(_shares.further(parts.shares, ranks)),
        "deleted": _by_file(collected.semi_join(gone, ["platform", "tweet_id"])),
    }


def _of_tables() -> dict[str, ibis.Table]:
    """Return what is asked of tables that are written."""
    tweets, users = _table(TWEETS, "tweets"), _table(USERS, "users")
    return {
        "origins": _coverage.origins(tweets),
        "texts": _coverage.texts(tweets),
        "collected_at": tweets.filter(tweets.origin == COLLECTED).select("at"),
        "stubs_at": tweets.filter(tweets.origin == STUB).select("at"),
        "located": _coverage.located(users),
        "missing": _coverage.missing(tweets),
        "coverage": _coverage.coverage(tweets),
        "oddities": _coverage.oddities(tweets),
        "unavailable": _coverage.unavailable(_part("notices"), tweets),
    }


def _part(name: str) -> ibis.Table:
    return _table(PARTS[name], part_name(name))


def _table(schema: pa.Schema, name: str) -> ibis.Table:
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)


def _named(table: ibis.Table, name: str) -> ibis.Table:
    """Return the answer to a query as it is stored under a name."""
    return ibis.table(table.schema(), name=name)


def _by_file(rows: ibis.Table) -> ibis.Table:
    return rows.group_by("source_file").agg(rows=rows.count())
