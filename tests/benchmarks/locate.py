"""How long `places.locate` takes: python tests/benchmarks/locate.py [texts]

The texts are distinct and invented: a third are cities with their region and other words, a
third names with words around them, a third words that name no place. Real archives are easier:
a text that was seen before costs almost nothing.
"""

import sys
import time

import numpy as np

from spread import places
from spread.places._gazetteer import CITY, gazetteer

WORDS = (
    *("dreamer", "coffee", "lover", "student", "of", "life", "music", "everywhere", "nowhere"),
    *("somewhere", "living", "the", "home", "heart", "world", "traveler", "mum", "dad", "fan"),
    *("official", "page", "since", "born", "raised", "proud", "with", "you", "and", "me"),
)


def texts(count: int, seed: int = 1) -> list[str]:
    """Return so many distinct locations as people type them."""
    rng, book = np.random.default_rng(seed), gazetteer()
    cities = [row for row, kind in enumerate(book.kind) if kind == CITY]
    people = np.array([book.population[row] for row in cities]) + 1.0
    found: dict[str, None] = {}
    while len(found) < count:
        drawn = rng.choice(len(cities), size=count, p=people / people.sum())
        shape, words = rng.integers(0, 3, size=count), rng.choice(WORDS, size=(count, 4))
        for city, form, said in zip(drawn, shape, words, strict=True):
            row = cities[city]
            region = book.region_names.get(book.region[row] or "", book.country[row])
            text = (
                f"{book.name[row]}, {region} {said[0]} {said[1]}",
                f"{said[0]} {said[1]} {book.name[row]} {said[2]}",
                f"{' '.join(said)} {rng.integers(0, 10_000)}",
            )[form]
            found.setdefault(text)
    return list(found)[:count]


def main() -> None:
    """Print seconds and texts a second."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    asked = texts(count)
    gazetteer()
    start = time.process_time()
    located = places.locate(asked)
    seconds = time.process_time() - start
    share = located["place_id"].notna().mean()
    print(f"{count:,} distinct texts: {seconds:.1f} s CPU ({share:.0%} given a city)")


if __name__ == "__main__":
    main()
