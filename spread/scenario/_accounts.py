"""The invented people: camp, city, followers, how busy they are."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.scenario._cities import CITIES

__all__ = [
    "BLOCS",
    "BLOC_SHARE",
    "CAMP_OF_BLOC",
    "SIDE_OF_BLOC",
    "Accounts",
    "Fixture",
    "make_accounts",
]

BLOCS = ("police", "activists", "press", "friendly public", "critical public", "other public")
CAMP_OF_BLOC = ("police", "activists", "press", "public", "public", "public")
BLOC_SHARE = np.array([0.08, 0.20, 0.03, 0.12, 0.32, 0.25])
SIDE_OF_BLOC = np.array([0, 1, 2, 0, 1, 2], dtype=np.int8)
"""Who flocks together: police with a friendly public, activists with a critical one."""

_ACCOUNTS_PER_SCALE, _ACCOUNTS_AT_LEAST = 58_000, 2_000
_ORDINARY_MOST = 60_000  # below the launcher's followers: fame stays with the named accounts
_TAIL_SHARE, _TAIL_EXPONENT, _TAIL_FROM = 0.08, 1.2, 1_000
_CREATED_FROM = 2007.3


class Fixture(NamedTuple):
    """An account that the story needs by name: an organisation, or an invented star."""

    screen_name: str
    name: str
    bloc: int
    city: int
    followers: int
    description: str


@dataclass(frozen=True, eq=False)  # compared, and so cached, by identity
class Accounts:
    """Columns of the accounts, all of one length; the fixtures come first.

    `activity` in [0, 1] scales how readily an account acts; the fixtures have 0, since the
    story says when they act. `draws` holds random bits from which profiles take their looks.
    """

    user_id: NDArray[np.int64]
    created_year: NDArray[np.float64]
    bloc: NDArray[np.int8]
    city: NDArray[np.int8]
    followers: NDArray[np.int64]
    activity: NDArray[np.float64]
    draws: NDArray[np.uint32]
    fixtures: tuple[Fixture, ...]

    def __len__(self) -> int:
        return int(self.bloc.size)


def make_accounts(
    scale: float,
    fixtures: tuple[Fixture, ...],
    rng: np.random.Generator,
    *,
    created_to: float = 2014.2,
    last_user_id: int = 2_400_000_000,
) -> Accounts:
    """Draw the accounts, made until a year, the last with about that id.

    Follower counts are lognormal with a Pareto tail (exponent 1.2).
    """
    count = _ACCOUNTS_AT_LEAST + int(_ACCOUNTS_PER_SCALE * scale)
    bloc = rng.choice(len(BLOCS), count, p=BLOC_SHARE).astype(np.int8)
    shares = np.array([city.share for city in CITIES])
    city = rng.choice(len(CITIES), count, p=shares / shares.sum()).astype(np.int8)
    followers = _followers(count, rng)
    activity = rng.beta(0.7, 1.6, count)
    created = rng.uniform(_CREATED_FROM, created_to, count)
    for number, fixture in enumerate(fixtures):
        bloc[number], city[number] = fixture.bloc, fixture.city
        followers[number], activity[number] = fixture.followers, 0.0
        created[number] = rng.uniform(_CREATED_FROM, created_to - 2.3)
    return Accounts(
        user_id=_user_ids(created, created_to, last_user_id, rng),
        created_year=created,
        bloc=bloc,
        city=city,
        followers=followers,
        activity=activity,
        draws=rng.integers(0, 2**32, (count, 8), dtype=np.uint32),
        fixtures=fixtures,
    )


def _followers(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    body = rng.lognormal(5.5, 1.3, count)
    tail = _TAIL_FROM * (1 - rng.random(count)) ** (-1 / _TAIL_EXPONENT)
    drawn = np.where(rng.random(count) < _TAIL_SHARE, tail, body)
    return np.clip(drawn, 0, _ORDINARY_MOST * rng.uniform(0.5, 1.0, count)).astype(np.int64)


def _user_ids(
    created_year: NDArray[np.float64],
    created_to: float,
    last_user_id: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Return unique ids that grow with the date of creation, as Twitter's did then."""
    age = (created_year - _CREATED_FROM) / (created_to - _CREATED_FROM)
    order = np.argsort(age, kind="stable")
    base = (last_user_id * age[order] ** 2.2).astype(np.int64) + 700_000
    ids = np.empty_like(base)
    ids[order] = np.maximum.accumulate(base) + np.cumsum(rng.integers(1, 40, base.size))
    return ids
