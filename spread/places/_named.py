"""The place that a tag names, kept apart from where those who use it live."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

from spread._arguments import require_columns
from spread._intervals import wilson
from spread.places._gazetteer import gazetteer
from spread.places._locate import locate
from spread.places._words import name_key
from spread.text import hashtag_key

__all__ = ["at_home", "named"]

_SURE = 0.9
"""What a place needs to be named: a tag's few letters are read without any context."""
_LEAST_LETTERS, _LEAST_JOINED = 4, 6
_SLOT = "…"
_HUMPS = re.compile(r"_|(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NONE = "known to name none"
_AREAS = {"region only": "region", "country only": "country"}


def named(
    tags: pd.DataFrame,
    *,
    known: Mapping[str, str | None] | None = None,
    endings: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the place that each tag names, which is not where its users live.

    #myLAPD is used from everywhere; it names Los Angeles. What a tag names is read from its
    slot, what its template leaves of it (`my…`). A place is named only where the whole slot
    is the main name of a place, at least four letters long, with a probability of 0.9 in
    `locate`; a shorter one ("LA") only where one of `endings` stood beside it, or where it
    is `known`. All else is refused: most tags name no place.

    Parameters
    ----------
    tags
        `hashtag`; where known `shown` (as people write it: capitals part its words) and
        `template` (`my…`, as `hashtags.candidates` names it; null: the whole tag is read).
    known
        The place of a tag, as its users would type it ("Los Angeles, CA"), or None for a
        tag that names no place. It goes before everything else.
    endings
        What may stand before or after a place in a slot ("PD"), from those who know the
        subject.

    Returns
    -------
    DataFrame
        One row a tag, in order: `hashtag`, `slot`, `kind` (city, region, country; null:
        none named), `place_id`, `city`, `region`, `country`, `longitude`, `latitude`,
        `probability`, `source` (known, gazetteer), `reason` (null where a place is named:
        `known to name none`, `not a place`, `ambiguous`).

    Raises
    ------
    MissingColumnError
        `hashtag` is missing.

    References
    ----------
    GeoNames, https://www.geonames.org (CC BY 4.0); the rule is this project's own

    Examples
    --------
    >>> tags = pd.DataFrame({"hashtag": ["mylapd", "myopd", "mychicago"], "template": "my…"})
    >>> named(tags, endings=["PD"])[["slot", "city", "reason"]].fillna("").values.tolist()
    [['la', 'Los Angeles', ''], ['o', '', 'not a place'], ['chicago', 'Chicago', '']]
    """
    require_columns("tags", tags, ["hashtag"])
    given = {hashtag_key(tag): place for tag, place in (known or {}).items()}
    keys = [str(tag) for tag in tags["hashtag"]]
    slots = [
        _slot(key, shown, template, endings)
        for key, shown, template in zip(
            keys, _column(tags, "shown"), _column(tags, "template"), strict=True
        )
    ]
    typed = [
        given[key] if key in given else _typed(slot, short)
        for key, (slot, short) in zip(keys, slots, strict=True)
    ]
    found = locate(typed)
    told = pd.Series([key in given for key in keys], dtype=bool)
    whole = pd.Series(
        [_is_main(text, row) for text, row in zip(typed, _ids(found), strict=True)], dtype=bool
    )
    found.insert(0, "kind", _kinds(found))
    accepted = found["kind"].notna() & (told | (whole & (found["probability"] >= _SURE)))
    unknown = ~whole | (found["reason"] == "no place")
    reason = unknown.map({True: "not a place", False: "ambiguous"})
    reason = reason.mask(told & pd.Series([text is None for text in typed], dtype=bool), _NONE)
    found = found.where(accepted)
    found["source"] = told.map({True: "known", False: "gazetteer"}).where(accepted)
    found["reason"] = reason.where(~accepted)
    found.insert(0, "slot", [slot for slot, _ in slots])
    found.insert(0, "hashtag", keys)
    return found.astype({"source": "str", "reason": "str", "hashtag": "str", "slot": "str"})


def at_home(adoption: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """Return which share of a tag's located users live in the place that it names.

    Parameters
    ----------
    adoption
        As `adoption` returns it: located users for each tag and city.
    named
        As `named` returns it; tags that name no place give no row.

    Returns
    -------
    DataFrame
        `hashtag`, `kind`, `name` (of the place), `users` (located), `here` (of them in the
        place), `share`, `share_low`, `share_high` (95 % Wilson).

    Examples
    --------
    >>> living = pd.DataFrame({"hashtag": "t", "place_id": ["1", "2"], "users": [3, 9],
    ...                        "region": ["R", "S"], "country": "GR"})
    >>> place = pd.DataFrame({"hashtag": ["t"], "kind": "city", "place_id": "1", "city": "A",
    ...                       "region": "R", "country": "GR"})
    >>> at_home(living, place)[["name", "users", "here", "share"]].values.tolist()
    [['A', 12, 3, 0.25]]
    """
    rows = []
    for tag in named[named["kind"].notna()].to_dict("records"):
        living = adoption[adoption["hashtag"] == tag["hashtag"]]
        users, here = int(living["users"].sum()), int(living["users"][_inside(living, tag)].sum())
        if users:
            place = (tag["hashtag"], tag["kind"], tag[tag["kind"]])
            low, high = wilson(here, users)
            rows.append((*place, users, here, here / users, float(low), float(high)))
    columns = ["hashtag", "kind", "name", "users", "here", "share", "share_low", "share_high"]
    return pd.DataFrame(rows, columns=columns)


def _inside(living: pd.DataFrame, tag: Mapping[Any, Any]) -> "pd.Series[bool]":
    if tag["kind"] == "city":
        return living["place_id"] == tag["place_id"]
    inside = living["country"] == tag["country"]
    return inside & (living["region"] == tag["region"]) if tag["kind"] == "region" else inside


def _column(tags: pd.DataFrame, name: str) -> list[str | None]:
    values = tags[name] if name in tags else [None] * len(tags)
    return [value if isinstance(value, str) else None for value in values]


def _slot(
    key: str, shown: str | None, template: str | None, endings: Sequence[str]
) -> tuple[str, bool]:
    """Return a tag's slot with its words parted, and whether an ending stood beside it."""
    text = shown if shown is not None and len(shown) == len(key) else key
    prefix, _, suffix = (template or _SLOT).partition(_SLOT)
    text = text[len(prefix) : len(text) - len(suffix)]
    for ending in sorted(endings, key=len, reverse=True):
        low = ending.casefold()
        if len(text) > len(ending) and text.casefold().endswith(low):
            return _parted(text[: -len(ending)]), True
        if len(text) > len(ending) and text.casefold().startswith(low):
            return _parted(text[len(ending) :]), True
    return _parted(text), False


def _parted(text: str) -> str:
    return " ".join(part for part in _HUMPS.split(text) if part)


def _typed(slot: str, short: bool) -> str | None:
    """Return what `locate` is to read, or None where a slot is too short to be a name."""
    letters = len(slot.replace(" ", ""))
    if letters < (2 if short else _LEAST_LETTERS):
        return None
    text = slot.upper() if letters <= 3 else slot
    book, key = gazetteer(), name_key(text)
    if key in book.names or letters < _LEAST_JOINED:
        return text
    return _joined().get(key.replace(" ", ""), text)


def _is_main(text: str | None, place_id: str | None) -> bool:
    """Tell whether the whole text is a main name (or a code) of some place, of this city."""
    if text is None:
        return False
    book, key = gazetteer(), name_key(text)
    main = {book.place_id[book.home[row]] for row, is_main in book.names.get(key, ()) if is_main}
    return place_id in main if place_id is not None else bool(main) or key in book.codes


def _ids(found: pd.DataFrame) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in found["place_id"]]


def _kinds(found: pd.DataFrame) -> pd.Series:
    kinds = found["reason"].map(_AREAS).where(found["place_id"].isna(), "city")
    return kinds.astype("str")


@lru_cache(maxsize=1)
def _joined() -> dict[str, str]:
    """Return main names of several words by how they look without spaces."""
    names = gazetteer().names.items()
    return {
        key.replace(" ", ""): key
        for key, rows in names
        if " " in key and any(main for _, main in rows)
    }
