"""To forget: tweets and accounts go from the tables, with all that points to them."""

import contextlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend

from spread._arguments import require_texts
from spread._errors import OutputError, UsageError
from spread.archive import _engine
from spread.archive._damage import NOT_WRITTEN, damage_told
from spread.archive._lock import HeldError, held
from spread.archive.files._found import REPORT
from spread.archive.formats._said import name_id
from spread.archive.merging._measures import measured
from spread.archive.reporting._wording import number_of
from spread.archive.sharing._forget_words import Words
from spread.tables import FOLLOWS, REJECTS, TWEETS, USERS, written
from spread.text import html_card

if TYPE_CHECKING:
    from spread.archive._archive import Archive

_SCHEMAS: Final = {"users": USERS, "tweets": TWEETS, "follows": FOLLOWS, "rejects": REJECTS}
_NAME_ID: Final = "name:"
_BEGINNING: Final = 24
"""By how many characters a text that somebody repeats is known again."""


@dataclass(frozen=True, repr=False)
class Forgotten:
    """What was forgotten.

    Parameters
    ----------
    archive
        The archive as it is now.
    tweets
        Tweets that were named, or whose author was.
    retweets
        Retweets of these by others: they hold what was to be forgotten, and nothing else.
    users
        Accounts.
    follows
        Who followed them and whom they followed.
    cleared
        Tweets, profiles and rejects of others from which a mention, an answer, a quote, a
        link or words of theirs were taken out.
    unknown
        Ids that occur nowhere in the archive.
    """

    archive: "Archive"
    tweets: int
    retweets: int
    users: int
    follows: int
    cleared: int
    unknown: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"<Forgotten: {number_of(self.tweets, 'tweet')} and "
            f"{number_of(self.retweets, 'retweet')} of them, {number_of(self.users, 'user')}, "
            f"{number_of(self.follows, 'follow')}; cleared {self.cleared:,} of "
            f"others; {number_of(len(self.unknown), 'id')} unknown>"
        )

    def _repr_html_(self) -> str:
        facts = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        return html_card("Forgotten", facts | {"ids unknown": len(self.unknown)})


class Counts(NamedTuple):
    """The counts of `Forgotten`."""

    tweets: int
    retweets: int
    users: int
    follows: int
    cleared: int
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class _Gone:
    """The ids that go: those that were named, and those of all tweets."""

    named: frozenset[str]
    tweets: frozenset[str]
    retweets: frozenset[str]
    records: frozenset[tuple[str, int]]
    unknown: tuple[str, ...]


def forget(folder: Path, ids: Iterable[str]) -> Counts:
    """Rewrite the tables in a folder without the ids; each appears whole or not at all."""
    named = _checked(ids)
    with _alone(folder), damage_told(folder):
        for left in folder.rglob(".*.part"):
            left.unlink()
        con = _engine.connect()
        try:
            return _rewritten(con, folder, named)
        finally:
            con.disconnect()


def _checked(ids: Iterable[str]) -> list[str]:
    given = require_texts("ids", ids)
    if wrong := [own_id for own_id in given if own_id.encode("utf-8", "ignore").decode() != own_id]:
        raise UsageError("an id is no text", got=repr(wrong[0]), allowed="text")
    named = sorted({own_id.strip() for own_id in given} - {""})
    if not named:
        raise UsageError("no id was named", allowed="ids of tweets or of accounts")
    return named


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        with held(folder.with_name(f".{folder.name}.lock")):
            yield
    except HeldError as error:
        raise UsageError(
            "the archive is being written", got=f"{folder}, by {error}", hint="Wait for its end"
        ) from None
    except (OSError, *NOT_WRITTEN) as error:
        why = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise OutputError(
            "the tables cannot be rewritten",
            got=f"{getattr(error, 'filename', None) or folder} ({why})",
            hint="Nothing is forgotten yet: free space or permissions there",
        ) from error


def _rewritten(con: Backend, folder: Path, named: Sequence[str]) -> Counts:
    tables = {name: _engine.parquet(con, _files(folder, name), name) for name in _SCHEMAS}
    gone = _found(con, tables, named)
    if len(gone.unknown) == len(named):
        # A run before this one may have been cut off before it came to the report.
        told = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        if told != (told_now := told | measured(con)):
            with written(folder / REPORT) as report:
                report.write_text(_as_json(told_now), encoding="utf-8")
        return Counts(0, 0, 0, 0, 0, gone.unknown)
    words = _words(con, tables, gone)
    cleared: list[int] = []
    with contextlib.ExitStack() as stack:
        # What is entered first is put in place last. A run that is cut off can be completed
        # as long as each table still finds what it goes by: names in users, words in tweets.
        report = stack.enter_context(written(folder / REPORT))
        drafts = {
            name: [stack.enter_context(written(file)) for file in _files(folder, name)]
            for name in _SCHEMAS
        }
        removed = {
            name: sum(
                _write(con, rows, draft, _SCHEMAS[name], change(gone, words), cleared)
                for rows, draft in zip(_each(con, folder, name), drafts[name], strict=True)
            )
            for name, change in _CHANGES.items()
        }
        for name in ("tweets", "users"):
            _engine.view(con, drafts[name], name)
        told = json.loads((folder / REPORT).read_text(encoding="utf-8")) | measured(con)
        told["forgotten"] = told.get("forgotten", 0) + removed["tweets"]
        report.write_text(_as_json(told), encoding="utf-8")
    return Counts(
        tweets=removed["tweets"] - len(gone.retweets),
        retweets=len(gone.retweets),
        users=removed["users"],
        follows=removed["follows"],
        cleared=sum(cleared),
        unknown=gone.unknown,
    )


def _as_json(told: dict[str, Any]) -> str:
    return json.dumps(told, indent=1, ensure_ascii=False)


def _files(folder: Path, name: str) -> list[Path]:
    """Return the files of a table: one, or those of a folder."""
    table = folder / f"{name}.parquet"
    return sorted(table.glob("*.parquet")) if table.is_dir() else [table]


def _each(con: Backend, folder: Path, name: str) -> Iterator[ibis.Table]:
    for number, file in enumerate(_files(folder, name)):
        yield _engine.parquet(con, [file], f"{name}_{number}")


_Change = Callable[[pa.Table], tuple[pa.Table, int]]


def _write(
    con: Backend,
    rows: ibis.Table,
    draft: Path,
    schema: pa.Schema,
    change: _Change,
    cleared: list[int],
) -> int:
    """Write what is left of a table; return how many rows went, and note how many changed."""
    removed = 0

    def left(batch: pa.Table) -> pa.Table:
        nonlocal removed
        kept, changed = change(batch)
        removed += batch.num_rows - kept.num_rows
        cleared.append(changed)
        return kept

    _engine.write(con, _engine.OfTable(rows), draft, schema, left)
    return removed


def _found(con: Backend, tables: dict[str, ibis.Table], named: Sequence[str]) -> _Gone:
    """Return what goes, and which of the ids occur nowhere."""
    tweets = tables["tweets"]
    asked = _stored(con, named, "asked")
    known = _seen(con, tables, asked)
    is_named = tweets.tweet_id.isin(asked.own_id) | tweets.author_id.isin(asked.own_id)
    first = con.to_pyarrow(
        tweets.filter(is_named.fill_null(False)).select("tweet_id", "source_file", "source_record")
    )
    ids = frozenset(first["tweet_id"].to_pylist())
    both = _stored(con, sorted(ids | set(named)), "gone")
    of_them = (tweets.kind == "retweet") & tweets.retweet_author_id.isin(asked.own_id)
    passed = tweets.retweet_of.isin(both.own_id) | of_them
    later = tweets.filter(passed.fill_null(False)).select(
        "tweet_id", "source_file", "source_record"
    )
    second = con.to_pyarrow(later)
    records = zip(
        *(
            first[name].to_pylist() + second[name].to_pylist()
            for name in ("source_file", "source_record")
        ),
        strict=True,
    )
    return _Gone(
        named=frozenset(named),
        tweets=ids | set(named),
        retweets=frozenset(second["tweet_id"].to_pylist()) - ids,
        records=frozenset(records),
        unknown=tuple(own_id for own_id in named if own_id not in known),
    )


def _seen(con: Backend, tables: dict[str, ibis.Table], asked: ibis.Table) -> set[str]:
    """Return the ids that occur anywhere, in a row of their own or where others point to."""
    tweets = tables["tweets"]
    columns = [tweets[name] for name in TWEETS.names if name.endswith(("_id", "_of", "reply_to"))]
    everywhere = [tweets.select(own_id=column) for column in columns]
    everywhere.append(tweets.select(own_id=tweets.mentions.unnest()))
    everywhere.append(tables["users"].select(own_id="user_id"))
    everywhere += [tables["follows"].select(own_id=name) for name in FOLLOWS.names]
    return _values(con, asked.semi_join(ibis.union(*everywhere), "own_id").select("own_id"))


def _stored(con: Backend, ids: Sequence[str], name: str) -> ibis.Table:
    column = pa.table({"own_id": pa.array(ids, pa.string())})
    return _engine.stored(con, ibis.memtable(column), name)


def _values(con: Backend, column: ibis.Table) -> set[str]:
    return set(con.to_pyarrow(column)["own_id"].to_pylist())


def _words(con: Backend, tables: dict[str, ibis.Table], gone: _Gone) -> Words:
    """Return by which words others name the accounts, and repeat the tweets, that go."""
    users, tweets = tables["users"], tables["tweets"]
    accounts = _stored(con, sorted(gone.named), "accounts")
    named = users.semi_join(accounts.rename(user_id="own_id"), "user_id")
    rows = con.to_pyarrow(named.select("screen_name", "screen_names")).to_pylist()
    names = {name for row in rows for name in (row["screen_name"], *(row["screen_names"] or ()))}
    names |= {own_id.removeprefix(_NAME_ID) for own_id in gone.named if _NAME_ID in own_id}
    asked = _stored(con, sorted(gone.named), "asked_tweets").rename(tweet_id="own_id")
    said = tweets.semi_join(asked, "tweet_id").filter(lambda t: t.retweet_of.isnull())
    by = users.select(author_id="user_id", screen_name="screen_name")
    told = con.to_pyarrow(said.left_join(by, "author_id").select("screen_name", "text"))
    return Words(
        ids=gone.tweets,
        names=frozenset(name.casefold() for name in names if name),
        said=tuple(
            (row["screen_name"].casefold(), row["text"][:_BEGINNING])
            for row in told.to_pylist()
            if row["screen_name"] and len(row["text"] or "") >= _BEGINNING
        ),
    )


def _tweets(gone: _Gone, words: Words) -> _Change:
    retweets, named = _strings(gone.retweets), _strings(gone.named)
    accounts = _strings(gone.named | {name_id(name) for name in words.names})
    tweets = _strings(gone.tweets)

    def change(batch: pa.Table) -> tuple[pa.Table, int]:
        goes = _any(
            pc.is_in(batch["tweet_id"], tweets),
            pc.is_in(batch["tweet_id"], retweets),
            pc.is_in(batch["author_id"], named),
        )
        kept = batch.filter(pc.invert(goes))
        columns = {"mentions": _without(kept["mentions"], accounts)}
        for what in ("quote", "reply"):
            at, by = ("quote_of" if what == "quote" else "reply_to"), f"{what}_author_id"
            points = _any(pc.is_in(kept[at], tweets), pc.is_in(kept[by], accounts))
            columns |= {name: pc.if_else(points, _NULL, kept[name]) for name in (at, by)}
        # Of retweets typed by hand; the others went.
        by = kept["retweet_author_id"]
        columns["retweet_author_id"] = pc.if_else(_any(pc.is_in(by, accounts)), _NULL, by)
        columns["kind"] = _kinds(kept["kind"], columns["quote_of"], columns["reply_to"])
        columns["text"] = _mapped(kept["text"], words.cleaned)
        columns["urls"] = _mapped(kept["urls"], words.unlinked)
        return _changed(kept, columns)

    return change


def _users(gone: _Gone, words: Words) -> _Change:
    accounts = _strings(gone.named)

    def change(batch: pa.Table) -> tuple[pa.Table, int]:
        kept = batch.filter(pc.invert(_any(pc.is_in(batch["user_id"], accounts))))
        return _changed(kept, {"description": _mapped(kept["description"], words.cleaned)})

    return change


def _follows(gone: _Gone, words: Words) -> _Change:  # noqa: ARG001 - as the others
    named = _strings(gone.named)

    def change(batch: pa.Table) -> tuple[pa.Table, int]:
        goes = _any(*(pc.is_in(batch[name], named) for name in FOLLOWS.names))
        return batch.filter(pc.invert(goes)), 0

    return change


def _rejects(gone: _Gone, words: Words) -> _Change:
    """Take out what rejects tell of records that hold, or name, what is forgotten."""

    def change(batch: pa.Table) -> tuple[pa.Table, int]:
        rows = zip(*(batch[name].to_pylist() for name in REJECTS.names), strict=True)
        details = [
            "" if (file, record) in gone.records or words.occur_in(detail or "") else detail
            for file, record, _, detail in rows
        ]
        return _changed(batch, {"detail": pa.chunked_array([pa.array(details, pa.string())])})

    return change


_CHANGES: Final = {"tweets": _tweets, "users": _users, "follows": _follows, "rejects": _rejects}
_NULL: Final = pa.scalar(None, pa.string())


def _strings(ids: Collection[str]) -> pa.Array:
    return pa.array(sorted(ids), pa.string())


def _any(*masks: pa.ChunkedArray) -> pa.ChunkedArray:
    found = masks[0]
    for mask in masks[1:]:
        found = pc.or_(found, mask)
    return found


def _kinds(kind: pa.ChunkedArray, quote: pa.ChunkedArray, reply: pa.ChunkedArray) -> pa.Array:
    """Return kinds by the rule of `_said.kind`, once quotes and answers may be gone."""
    answers = pc.if_else(reply.is_valid(), "reply", "tweet")
    other = pc.if_else(quote.is_valid(), "quote", answers)
    return pc.if_else(pc.equal(kind, "retweet"), kind, other)


def _without(lists: pa.ChunkedArray, ids: pa.Array) -> pa.ChunkedArray:
    gone = set(ids.to_pylist())
    return _mapped(lists, lambda some: [own_id for own_id in some if own_id not in gone])


def _mapped(column: pa.ChunkedArray, change: Callable[[Any], object]) -> pa.ChunkedArray:
    values = [None if value is None else change(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(values, column.type)])


def _changed(batch: pa.Table, columns: dict[str, pa.ChunkedArray]) -> tuple[pa.Table, int]:
    """Return the batch with its new columns, and how many of its rows they change."""
    differs = [False] * batch.num_rows
    for name, column in columns.items():
        old, new = batch[name].to_pylist(), column.to_pylist()
        differs = [was or a != b for was, a, b in zip(differs, old, new, strict=True)]
        index = batch.schema.get_field_index(name)
        batch = batch.set_column(index, batch.field(index), column)
    return batch, sum(differs)
