"""The text of each root, made anew whenever it is needed from a few random bits."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.scenario._accounts import Accounts
from spread.scenario._cities import CITIES
from spread.scenario._phrases import HOSTILE, TALK, WORDS
from spread.scenario._profiles import screen_name
from spread.scenario._story import Campaign
from spread.scenario._world import CRITICAL, FRIENDLY, NEWS, ORDINARY, Events

__all__ = ["MOST", "Span", "Wording", "Words", "make_words", "typed_tags", "wording"]

MOST = 140
_MANUAL, _VIA, _REPLY, _NAMED = 0.04, 0.06, 0.16, 0.28  # cumulative: ways to answer a prompt
_HOSTILE = 0.004


class Span(NamedTuple):
    """A piece of a text: where it starts and ends, and what it stands for."""

    start: int
    end: int
    value: str


class Wording(NamedTuple):
    """A text and what is marked in it; mentions hold account numbers as text."""

    text: str
    lang: str
    hashtags: tuple[Span, ...]
    mentions: tuple[Span, ...]
    link: Span | None
    replies_to: int
    manual: bool


@dataclass(frozen=True, eq=False)  # compared, and so cached, by identity
class Words:
    """All that a text depends on: `draws` holds random bits, a row a root."""

    accounts: Accounts
    campaign: Campaign
    events: Events
    authors: NDArray[np.int32]
    draws: NDArray[np.float32]


def make_words(
    accounts: Accounts, campaign: Campaign, events: Events, rng: np.random.Generator
) -> Words:
    """Draw the bits from which the texts are made."""
    authors = events.user[events.first[:-1]]
    draws = rng.random((authors.size, 12), dtype=np.float32)
    return Words(accounts, campaign, events, authors, draws)


def typed_tags(words: Words, root: int) -> tuple[str, ...]:
    """Return the hashtags of a root as its author typed them, the main one first."""
    agenda, topics = words.campaign.agenda, words.campaign.topics
    exact = agenda.author[root] >= 0 or agenda.rule[root] != ORDINARY
    luck = words.draws[root]
    tags = []
    for topic, draw in ((agenda.topic[root], luck[0]), (agenda.also[root], luck[1])):
        if topic >= 0 and topics[topic].shown:
            shown = topics[topic].shown
            tags.append(shown if exact else _typed(words, shown, float(draw)))
    if agenda.topic[root] == 0 and luck[2] < 0.1 and not exact:
        tags.append(words.campaign.story.beside[int(luck[2] * 40)])
    return tuple(tags)


def _typed(words: Words, shown: str, draw: float) -> str:
    wrong, rate = words.campaign.story.misspelt.get(shown, ("", 0.0))
    if draw < rate:
        return wrong
    if draw < 0.14:
        return shown.lower()
    if draw < 0.28:
        return shown[0].upper() + shown[1:]
    return shown.upper() if draw < 0.31 else shown


@lru_cache(maxsize=20_000)
def wording(words: Words, root: int) -> Wording:
    """Return the text of a root, at most 140 characters, with its marked pieces."""
    luck = words.draws[root]
    way, prompt = _way(words, root)
    tags = typed_tags(words, root)
    lang = _language(words, root)
    body = _body(words, root, lang)
    head, tail, mentions = "", "", []
    if prompt >= 0:
        who = int(words.authors[prompt])
        name = screen_name(words.accounts, who)
        if way == "reply":
            head, mentions = f"@{name} ", [(name, who)]
        elif way == "manual":
            taken = wording(words, prompt)
            body = f"{body[:30].rstrip()} RT @{name}: {taken.text}"
            tags = tuple(span.value for span in taken.hashtags)
            mentions = [(name, who), *((_name(words, m), int(m.value)) for m in taken.mentions)]
        elif way == "via":
            tail, mentions = f" via @{name}", [(name, who)]
        elif way == "named":
            tail, mentions = f" @{name}", [(name, who)]
    elif luck[3] < _calls_launcher(words, root):
        name = screen_name(words.accounts, 0)
        tail, mentions = f" @{name}", [(name, 0)]
    return _assembled(words, root, head, body, tags, tail, mentions, lang, way)


def _way(words: Words, root: int) -> tuple[str, int]:
    """Return how a root takes up another, and which: "", reply, manual, via, named."""
    prompt = int(words.events.prompt[root])
    if prompt < 0:
        return "", -1
    if words.campaign.agenda.prompt[root] >= 0:
        return "reply", prompt
    luck = float(words.draws[root, 4])
    if luck < _MANUAL:
        same = words.campaign.agenda.topic[prompt] == words.campaign.agenda.topic[root]
        return ("manual", prompt) if same and _way(words, prompt)[0] != "manual" else ("", -1)
    if luck < _VIA:
        return "via", prompt
    if luck < _REPLY:
        return "reply", prompt
    return ("named", prompt) if luck < _NAMED else ("", -1)


def _name(words: Words, mention: Span) -> str:
    return screen_name(words.accounts, int(mention.value))


def _calls_launcher(words: Words, root: int) -> float:
    agenda = words.campaign.agenda
    if agenda.topic[root] != 0 or agenda.author[root] >= 0:
        return 0.0
    return {FRIENDLY: 0.35, CRITICAL: 0.2, NEWS: 0.1}.get(int(agenda.stance[root]), 0.0)


def _language(words: Words, root: int) -> str:
    native = CITIES[words.accounts.city[words.authors[root]]].language
    if (int(words.campaign.agenda.stance[root]), native) not in words.campaign.story.patterns:
        return "en"
    return native if words.draws[root, 5] < 0.75 else "en"


def _body(words: Words, root: int, lang: str) -> str:
    agenda, campaign, luck = words.campaign.agenda, words.campaign, words.draws[root]
    if luck[6] < _HOSTILE:
        return HOSTILE[int(luck[6] / _HOSTILE * len(HOSTILE))]
    said = _said(campaign, root)
    if said:
        return said
    if agenda.author[root] == 0 and agenda.prompt[root] >= 0:
        return campaign.story.answer
    talk = campaign.topics[agenda.topic[root]].kind == "talk"
    patterns = campaign.story.patterns[TALK if talk else int(agenda.stance[root]), lang]
    pattern = patterns[int(luck[7] * len(patterns))]
    number = 2 + int(luck[8] * 97)
    mixed = int(luck[8] * 1_000_003)
    chosen = {name: many[mixed // 7**k % len(many)] for k, (name, many) in enumerate(WORDS.items())}
    return pattern.format(number=number, **chosen)


def _said(campaign: Campaign, root: int) -> str:
    """Return the text of a root that makes the story, or ""."""
    if root == campaign.launch_row:
        return campaign.story.launch
    if root in campaign.turn_rows[:1]:
        return campaign.story.turn
    return campaign.story.pulled if root == campaign.pulled_row else ""


def _assembled(
    words: Words,
    root: int,
    head: str,
    body: str,
    tags: tuple[str, ...],
    tail: str,
    mentions: list[tuple[str, int]],
    lang: str,
    way: str,
) -> Wording:
    """Put the pieces together within 140 characters and mark where they are."""
    luck = words.draws[root]
    link = _link(words, root) if way != "manual" else ""
    shown = "" if way == "manual" else " ".join(f"#{tag}" for tag in tags)
    leading = shown + " " if shown and luck[9] < 0.3 and way != "reply" else ""
    trailing = (f" {shown}" if shown and not leading else "") + tail + (f" {link}" if link else "")
    room = MOST - len(head) - len(leading) - len(trailing)
    text = head + leading + (body if len(body) <= room else body[: room - 1].rstrip() + "…")
    text += trailing
    return Wording(
        text,
        lang,
        _spans(text, [(f"#{tag}", tag) for tag in tags]),
        _spans(text, [(f"@{name}", str(who)) for name, who in mentions]),
        Span(len(text) - len(link), len(text), _link_kind(words, root)) if link else None,
        _way(words, root)[1] if way == "reply" else -1,
        way in ("manual", "via"),
    )


def _spans(text: str, pieces: list[tuple[str, str]]) -> tuple[Span, ...]:
    found, after = [], 0
    for piece, value in pieces:
        start = text.find(piece, after)
        # What ends where the text was cut may be the beginning of something longer.
        if start >= 0 and not text.startswith("…", start + len(piece)):
            after = start + len(piece)
            found.append(Span(start, after, value))
    return tuple(found)


def _link_kind(words: Words, root: int) -> str:
    agenda, luck = words.campaign.agenda, float(words.draws[root, 10])
    if root in (words.campaign.launch_row, *words.campaign.turn_rows[:1]):
        return "photo"
    kind = words.campaign.topics[agenda.topic[root]].kind
    photos = {"root": 0.55, "derivative": 0.45, "independent": 0.3}.get(kind, 0.1)
    links = 0.6 if agenda.stance[root] == NEWS else 0.08
    if agenda.stance[root] == NEWS:
        photos /= 4
    return "photo" if luck < photos else "link" if luck < photos + links else ""


def _link(words: Words, root: int) -> str:
    if not _link_kind(words, root):
        return ""
    number = int(words.draws[root, 11] * 16_777_216) * 10_007 + root
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGH"
    return "http://t.example/" + "".join(letters[number >> 5 * k & 31] for k in range(8))
