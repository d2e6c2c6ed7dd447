"""Invented profiles labelled by hand: how many cities are found, how many jokes refused.

All tables were labelled by knowledge of geography before their authors had seen the code.
`places_profiles.csv` (204 rows): odd rows were never looked at while rules were written.
`places_profiles_2.csv` (363 rows): labelled later, when the code stood; then precision was
0.912, recall 0.924 and the share of refusals 0.885. Rows marked `held` (121) have never been
looked at one by one; there the mended code went from 0.932, 0.919, 0.936 to 0.971, 0.919, 0.957.
`places_profiles_held.csv` (186 rows): labelled last, by someone who had seen neither code nor
tables; the code has not been changed since. As first labelled: 0.949, 0.949, 0.971; with three
labels spelled as the gazetteer has them (Gothenburg, Delhi with New Delhi in it, Taipei's
division): 0.975, 0.975, 0.971. Of its texts 62 stand in the first tables too.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spread import places
from spread.places._gazetteer import gazetteer

HERE = Path(__file__).parent


def labelled() -> pd.DataFrame:
    first = pd.read_csv(HERE / "places_profiles.csv", keep_default_na=False)
    first["held"] = np.where(np.arange(len(first)) % 2 == 1, "yes", "no")
    second = pd.read_csv(HERE / "places_profiles_2.csv", keep_default_na=False)
    third = pd.read_csv(HERE / "places_profiles_held.csv", keep_default_na=False)
    tables = [first.assign(table=1), second.assign(table=2), third.assign(table=3, held="yes")]
    return pd.concat(tables, ignore_index=True)


def answered() -> pd.DataFrame:
    """Return the labelled rows with what `locate` said, and whether a city given is right."""
    known = labelled()
    found = places.locate(known.location, time_zones=known.time_zone, langs=known.lang)
    book = gazetteer()
    region = found.place_id.map(dict(zip(book.place_id, book.region, strict=True))).fillna("")
    country = known.country.isna() | (known.country == "") | (found.country == known.country)
    right = (found.city == known.city) & ((known.region == "") | (region == known.region)) & country
    return known.assign(given=found.city.notna(), right=right, probability=found.probability)


def shares(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Return the share right of the given, right of the resolvable, refused of the rest."""
    resolvable = rows.city != ""
    return (
        rows.right[rows.given].mean(),
        (rows.right & rows.given)[resolvable].mean(),
        (~rows.given)[~resolvable].mean(),
    )


@pytest.mark.parametrize("part", ["all", "held", "second table", "second table, held", "last"])
def test_cities_are_right_and_jokes_refused(part: str) -> None:
    # Asked by the plan of this room: 0.95 of the given right, 0.70 of the resolvable given,
    # 0.95 of the unresolvable refused, over at least 300 strings.
    rows = answered()
    if "second" in part:
        rows = rows[rows.table == 2]
    if part == "last":
        rows = rows[rows.table == 3]
    rows = rows[rows.held == "yes"] if "held" in part else rows
    precision, recall, refused = shares(rows)
    assert precision >= 0.95
    assert recall >= 0.70
    assert refused >= 0.95


def test_the_tables_are_large_and_hold_each_text_once() -> None:
    known = labelled()
    assert len(known) >= 700
    assert not known.duplicated(["table", "location", "time_zone"]).any()


def test_stated_probabilities_are_not_larger_than_the_share_right() -> None:
    # The answers of the rows never looked at: with n answers of mean probability p, the share
    # right lies below p - 2.33 standard errors in 1 of 100 tables, were p the truth.
    rows = answered()
    rows = rows[(rows.held == "yes") & rows.given]
    stated = rows.probability.mean()
    assert rows.right.mean() >= stated - 2.33 * np.sqrt(stated * (1 - stated) / len(rows))
