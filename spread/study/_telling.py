"""What a topic gives: sentences, and reasons where there are none."""

from typing import NamedTuple

Refusal = tuple[str, str]


class Telling(NamedTuple):
    """What can be said on a topic, and what cannot: (topic, reason) pairs."""

    sentences: list[str]
    refusals: list[Refusal]
