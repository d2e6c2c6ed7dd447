"""What really happened in a synthetic archive: the tables that estimates are scored against."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from spread._errors import InputError
from spread.scenario._cities import CITIES
from spread.scenario._follow_graph import FollowGraph
from spread.scenario._profiles import screen_name
from spread.scenario._texts import Words, wording
from spread.scenario._writer import Record
from spread.tables import FOLLOWS, instants, written
from spread.text import hashtag_key, html_card

__all__ = ["Truth", "make_truth", "truth"]

_STANCES = np.array(["friendly", "critical", "news", "other"])
_PARAMETERS = "parameters.json"


@dataclass(frozen=True)
class Truth:
    """What really happened in a synthetic archive.

    Attributes
    ----------
    originals
        A row a tweet that is no retweet: tweet_id, user_id, at, stance (friendly, critical,
        news, other), hashtags (keys, the main one first), reply_to, kept.
    retweets
        A row a retweet: tweet_id, root_id, parent_id (whom it really came from), user_id,
        at, kept (false where `thinning` or `authors_kept` took it out of the archive).
    turn
        One row, none where nothing turned: onset_at, ramp_s, halfway_at, made_by (user id),
        tweet_id, camp, the share of critical originals under the root tag `before` and
        `after`, the `shape` of its rise: linear, s-shaped, or saturating (95 % of the rise
        within ramp_s), `kind` (takeover, or minority when critics had less than half
        afterwards), and `hijackers`: ids of all who led it, the first to begin it first.
    tags
        A row a spelling: hashtag (key), shown, kind (root, derivative, independent,
        misspelling, case variant, unrelated), parent (key, null where there is none),
        inventor (user id), tweet_id, invented_at, city, country, met_parent ("used" or "seen").
    users
        A row an account of the simulation: user_id, screen_name, camp (police, activists,
        press or public for "mynypd", house, critics, press or public for the others),
        leaning (which side of its camp), city, country, followers, tweets (how many it wrote
        or retweeted).
    follows
        follower_id, followed_id where asked for, else None.
    parameters
        Name, seed, options, and the launch (launch_at, launch_tweet_id, launched_by);
        `event_at`, for when something was announced, and `pulled_at`, when the launcher gave
        up; None where the campaign has no such moment.
    """

    originals: pd.DataFrame
    retweets: pd.DataFrame
    turn: pd.DataFrame
    tags: pd.DataFrame
    users: pd.DataFrame
    follows: pd.DataFrame | None
    parameters: Mapping[str, object]

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}: {value}" for name, value in self._facts().items())
        return f"Truth({facts})"

    def _repr_html_(self) -> str:
        return html_card("Truth of a synthetic archive", self._facts())

    def _facts(self) -> dict[str, object]:
        turned = "never"
        for turn in self.turn.itertuples():
            turned = f"{turn.onset_at:%Y-%m-%d %H:%M} UTC by {turn.made_by}"
        return {
            "scenario": self.parameters["name"],
            "seed": self.parameters["seed"],
            "originals": len(self.originals),
            "retweets": len(self.retweets),
            "turned": turned,
        }

    def write(self, folder: str | Path) -> None:
        """Write the tables as Parquet, and the parameters as JSON, into a folder.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        for name in _TABLES:
            table = getattr(self, name)
            if table is not None:
                with written(Path(folder) / f"{name}.parquet") as draft:
                    exact = pa.Table.from_pandas(table, preserve_index=False)
                    pq.write_table(exact, draft, compression="zstd")
        with written(Path(folder) / _PARAMETERS) as draft:
            draft.write_text(json.dumps(dict(self.parameters), indent=1) + "\n", encoding="utf-8")


_TABLES = tuple(field.name for field in fields(Truth) if field.name != "parameters")


def truth(folder: str | Path) -> Truth:
    """Read what `Truth.write` wrote.

    Raises
    ------
    InputError
        The folder holds no truth.

    Examples
    --------
    >>> truth("nowhere")
    Traceback (most recent call last):
    spread._errors.InputError: no truth of a scenario here: got nowhere. Write one with
    scenario.generate(...).write(folder)
    """
    place = Path(folder)
    try:
        parameters = json.loads((place / _PARAMETERS).read_text(encoding="utf-8"))
        tables = {
            name: pq.read_table(place / f"{name}.parquet").to_pandas()
            for name in _TABLES
            if name != "follows" or (place / "follows.parquet").exists()
        }
    except (OSError, ValueError) as error:
        raise InputError(
            "no truth of a scenario here",
            got=str(folder),
            hint="Write one with scenario.generate(...).write(folder)",
        ) from error
    return Truth(**{"follows": None, **tables}, parameters=parameters)


def make_truth(
    words: Words, record: Record, graph: FollowGraph | None, parameters: Mapping[str, object]
) -> Truth:
    """Return the truth tables of a simulated campaign."""
    ids = record.tweet_id.astype(str).astype(object)
    people = words.accounts.user_id.astype(str).astype(object)
    at = instants(record.at_ms * 1000)
    originals = _originals(words, record, ids, people, at)
    launch = words.events.first[words.campaign.launch_row]
    facts = {
        "launch_at": at[launch].isoformat(),
        "launch_tweet_id": ids[launch],
        "launched_by": people[words.events.user[launch]],
        "event_at": _instant(words, words.campaign.story.event_s),
        "pulled_at": _instant(words, words.campaign.story.pulled_s),
    }
    return Truth(
        originals=originals,
        retweets=_retweets(words, record, ids, people, at),
        turn=_turn(words, ids, people, at),
        tags=_tags(words, originals),
        users=_users(words, people),
        follows=None if graph is None else _follows(graph, people),
        parameters={**parameters, **facts},
    )


def _originals(
    words: Words,
    record: Record,
    ids: NDArray[np.object_],
    people: NDArray[np.object_],
    at: pd.DatetimeIndex,
) -> pd.DataFrame:
    rows = words.events.first[:-1]
    said = [wording(words, root) for root in range(rows.size)]
    reply = [text.replies_to for text in said]
    return pd.DataFrame(
        {
            "tweet_id": ids[rows],
            "user_id": people[words.authors],
            "at": at[rows],
            "stance": _STANCES[words.campaign.agenda.stance],
            "hashtags": [[hashtag_key(span.value) for span in text.hashtags] for text in said],
            "reply_to": [ids[rows[root]] if root >= 0 else None for root in reply],
            "kept": record.kept[rows],
        }
    )


def _retweets(
    words: Words,
    record: Record,
    ids: NDArray[np.object_],
    people: NDArray[np.object_],
    at: pd.DatetimeIndex,
) -> pd.DataFrame:
    events = words.events
    rows = np.flatnonzero(events.parent >= 0)
    rows = rows[np.argsort(record.tweet_id[rows], kind="stable")]
    return pd.DataFrame(
        {
            "tweet_id": ids[rows],
            "root_id": ids[events.first[events.root[rows]]],
            "parent_id": ids[events.parent[rows]],
            "user_id": people[events.user[rows]],
            "at": at[rows],
            "kept": record.kept[rows],
        }
    )


def _instant(words: Words, at_s: float | None) -> str | None:
    if at_s is None:
        return None
    return (words.campaign.story.start + pd.Timedelta(seconds=at_s)).isoformat()


def _turn(
    words: Words, ids: NDArray[np.object_], people: NDArray[np.object_], at: pd.DatetimeIndex
) -> pd.DataFrame:
    turning = words.campaign.turning
    if turning is None:
        return _no_turn()
    roots = np.array(words.campaign.turn_rows)
    led = list(dict.fromkeys(people[words.authors[roots]]))
    row, who = words.events.first[roots[0]], words.authors[roots[0]]
    halfway = words.campaign.story.start + pd.Timedelta(microseconds=round(turning.halfway_s * 1e6))
    return pd.DataFrame(
        {
            "onset_at": [at[row]],
            "ramp_s": [turning.ramp_s],
            "halfway_at": pd.DatetimeIndex([halfway]).as_unit("us"),
            "made_by": [people[who]],
            "tweet_id": [ids[row]],
            "camp": [words.campaign.story.camps[words.accounts.bloc[who]]],
            "before": [turning.before],
            "after": [turning.after],
            "shape": [turning.shape],
            "kind": [turning.kind],
            "hijackers": [led],
        }
    )


def _no_turn() -> pd.DataFrame:
    """Return the turn of a campaign that does not turn: the columns and no row."""
    instants_ = dict.fromkeys(("onset_at", "halfway_at"), "datetime64[us, UTC]")
    numbers = dict.fromkeys(("ramp_s", "before", "after"), "float64")
    texts = dict.fromkeys(("made_by", "tweet_id", "camp", "shape", "kind"), "str")
    columns = ["onset_at", "ramp_s", "halfway_at", "made_by", "tweet_id", "camp"]
    columns += ["before", "after", "shape", "kind", "hijackers"]
    return pd.DataFrame(columns=columns).astype(instants_ | numbers | texts)


def _tags(words: Words, originals: pd.DataFrame) -> pd.DataFrame:
    """Return every spelling of the campaign's tags with its first use."""
    known = {topic.shown: number for number, topic in enumerate(words.campaign.topics)}
    rows: dict[str, tuple[object, ...]] = {}
    for root in range(len(originals)):
        said = wording(words, root)
        if said.manual:
            continue  # repeats what another one typed
        for span in said.hashtags:
            if span.value not in rows:
                number = known.get(span.value, -1)
                rows[span.value] = _tag(words, originals, root, span.value, number)
    columns = ["hashtag", "shown", "kind", "parent", "inventor", "tweet_id", "invented_at"]
    table = pd.DataFrame(list(rows.values()), columns=[*columns, "city", "country", "met_parent"])
    order = table.kind.map(_KINDS.index)
    return table.iloc[np.lexsort((table.invented_at, order))].reset_index(drop=True)


_FORMED = ("root", "derivative", "independent")
_KINDS = ("root", "derivative", "misspelling", "case variant", "independent", "unrelated")


def _tag(
    words: Words, originals: pd.DataFrame, root: int, shown: str, number: int
) -> tuple[object, ...]:
    topics = words.campaign.topics
    first, author = originals.iloc[root], words.authors[root]
    kind, parent, met = "unrelated", None, None
    if number >= 0 and topics[number].kind in _KINDS:
        kind, above = topics[number].kind, topics[number].parent
        if above >= 0:
            parent = hashtag_key(topics[above].shown)
            # Its own tweet may name the parent too: a minute earlier tells whether it had before.
            used = words.events.used[above, author] < words.campaign.agenda.at_s[root] - 60.0
            met = "used" if used else "seen"
    elif number < 0:
        kind, parent = _spelling(words, shown)
    city = CITIES[words.accounts.city[author]]
    return (
        *(hashtag_key(shown), shown, kind, parent),
        *(first.user_id, first.tweet_id, first["at"], city.name, city.country, met),
    )


def _spelling(words: Words, shown: str) -> tuple[str, str | None]:
    """Return what kind of variant a spelling is, and the key of the tag that was meant."""
    for topic in words.campaign.topics:
        if topic.kind in _FORMED and hashtag_key(topic.shown) == hashtag_key(shown):
            return "case variant", hashtag_key(topic.shown)
        wrong = words.campaign.story.misspelt.get(topic.shown)
        if wrong and wrong[0] == shown:
            return "misspelling", hashtag_key(topic.shown)
    return "unrelated", None


def _users(words: Words, people: NDArray[np.object_]) -> pd.DataFrame:
    accounts = words.accounts
    return pd.DataFrame(
        {
            "user_id": people,
            "screen_name": [screen_name(accounts, number) for number in range(len(accounts))],
            "camp": np.array(words.campaign.story.camps)[accounts.bloc],
            "leaning": np.array(words.campaign.story.leanings)[accounts.bloc],
            "city": np.array([city.name for city in CITIES])[accounts.city],
            "country": np.array([city.country for city in CITIES])[accounts.city],
            "followers": accounts.followers,
            "tweets": np.bincount(words.events.user, minlength=len(accounts)),
        }
    )


def _follows(graph: FollowGraph, people: NDArray[np.object_]) -> pd.DataFrame:
    followed = np.repeat(np.arange(graph.starts.size - 1), np.diff(graph.starts))
    names = pa.array(people, pa.string())
    columns = [names.take(pa.array(graph.followers)), names.take(pa.array(followed))]
    return pa.table(columns, schema=FOLLOWS).to_pandas()
