"""Words by which others name an account or repeat a tweet."""

import re
from dataclasses import dataclass
from typing import Any, Final

from spread.text import manual_retweet

_HANDLE: Final = re.compile(r"[@＠]([\w.\-]+(?:@[\w.\-]+)?)")
_ADDRESS: Final = re.compile(r"https?://\S+")
_ACCOUNT: Final = re.compile(
    r"(?://(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/(?:#!/)?@?|/@|/profile/)([\w.\-:@]+)",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(r"[^\w.\-:]+")
_ID_LEAST: Final = 9  # shorter numbers in links are days, pages and the like
_TAKEN_OUT: Final = "@…"


@dataclass(frozen=True)
class Words:
    """What must not be left in texts.

    Parameters
    ----------
    ids
        Of tweets and accounts, as links hold them.
    names
        Screen names, casefolded.
    said
        (screen name, beginning of the text) of the tweets; beginnings that others may have
        written too are not among them.
    """

    ids: frozenset[str]
    names: frozenset[str]
    said: tuple[tuple[str, str], ...]

    def cleaned(self, text: Any) -> str | None:
        """Return a text without the names and links; None where it repeats what is forgotten.

        Examples
        --------
        >>> words = Words(frozenset(), frozenset({"ann"}), ())
        >>> words.cleaned("thanks @Ann, and @anna"), words.cleaned("RT @ann: I said")
        ('thanks @…, and @anna', None)
        """
        if "@" not in text and "＠" not in text and "://" not in text:
            return str(text)
        if self._repeats(text):
            return None
        unlinked = _ADDRESS.sub(lambda found: "" if self.leads(found[0]) else found[0], text)
        return _HANDLE.sub(self._unnamed, unlinked)

    def unlinked(self, urls: Any) -> list[str]:
        """Return links without those that lead to what is forgotten."""
        return [url for url in urls if not self.leads(url)]

    def leads(self, url: str) -> bool:
        """Tell whether a link leads to a tweet or an account that is forgotten.

        Examples
        --------
        >>> words = Words(frozenset({"458640532934737920"}), frozenset({"ann"}), ())
        >>> words.leads("https://twitter.com/bob/status/458640532934737920?s=20")
        True
        >>> words.leads("https://x.com/Ann"), words.leads("https://example.org/ann")
        (True, False)
        """
        by_id = any(len(part) >= _ID_LEAST and part in self.ids for part in _PARTS.split(url))
        return by_id or any(name.casefold() in self.names for name in _ACCOUNT.findall(url))

    def occur_in(self, text: str) -> bool:
        """Tell whether an id, a name or words of a tweet stand in a text."""
        is_named = any(
            part in self.ids or part.casefold() in self.names for part in _PARTS.split(text)
        )
        return is_named or any(start in text for _, start in self.said)

    def _repeats(self, text: str) -> bool:
        """Tell an old-style retweet of a forgotten account, or of a forgotten tweet."""
        repeated = manual_retweet(text)
        if repeated is None:
            return False
        name = repeated.screen_name.casefold()
        return name in self.names or any(by == name and start in text for by, start in self.said)

    def _unnamed(self, found: re.Match[str]) -> str:
        name = found[1].rstrip(".-")
        tail = found[1][len(name) :]
        return _TAKEN_OUT + tail if name.casefold() in self.names else found[0]
