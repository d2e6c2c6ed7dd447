"""The place in a tag's slot, and how many of its users live there."""

import pandas as pd
import pytest

from spread import places
from spread._errors import MissingColumnError

MY = "my…"


def tags(*shown: str, template: str | None = MY) -> pd.DataFrame:
    keys = [tag.casefold() for tag in shown]
    return pd.DataFrame({"hashtag": keys, "shown": shown, "template": template})


@pytest.mark.parametrize(
    ("shown", "kind", "name"),
    [
        ("myOakland", "city", "Oakland"),
        ("myNewYork", "city", "New York City"),
        ("mylosangeles", "city", "Los Angeles"),
        ("myAthensGreece", None, None),  # two names, no comma: rather refused
        ("myTexas", "region", "Texas"),
        ("myGreece", "country", "GR"),
    ],
)
def test_a_whole_slot_names_a_place(shown: str, kind: str | None, name: str | None) -> None:
    found = places.named(tags(shown)).iloc[0]
    assert (found.kind if kind else pd.isna(found.kind)) in (kind, True)
    told = {"city": found.city, "region": found.region, "country": found.country}.get(kind or "")
    assert told == name


@pytest.mark.parametrize(
    "shown", ["myLAPD", "myELAS", "myOPD", "myHope", "myHanna", "myLove", "mySpringfield", "myLA"]
)
def test_what_is_no_sure_place_is_refused(shown: str) -> None:
    found = places.named(tags(shown)).iloc[0]
    assert pd.isna(found.kind)
    assert pd.isna(found.country)
    assert found.reason in {"not a place", "ambiguous"}


def test_endings_come_from_those_who_know_the_subject() -> None:
    found = places.named(tags("myLAPD", "mySFPD", "myOPD", "myPDSeattle"), endings=["PD"])
    assert found.slot.tolist() == ["LA", "SF", "O", "Seattle"]
    assert found.city.fillna("").tolist() == ["Los Angeles", "San Francisco", "", "Seattle"]
    assert found.source.fillna("").tolist() == ["gazetteer", "gazetteer", "", "gazetteer"]


def test_what_is_known_goes_first() -> None:
    known = {"myOPD": "Oakland, CA", "myChicago": None, "myELAS": "Greece"}
    found = places.named(tags("myOPD", "myChicago", "myELAS"), known=known)
    assert found.city.fillna("").tolist() == ["Oakland", "", ""]
    assert found.kind.fillna("").tolist() == ["city", "", "country"]
    assert found.source.fillna("").tolist() == ["known", "", "known"]
    assert found.reason.fillna("").tolist() == ["", "known to name none", ""]


def test_without_a_template_the_whole_tag_is_read() -> None:
    found = places.named(tags("Baltimore", "mynypd", template=None))
    assert found.city.fillna("").tolist() == ["Baltimore", ""]
    assert places.named(tags()).empty
    with pytest.raises(MissingColumnError, match="column"):
        places.named(pd.DataFrame({"tag": ["x"]}))


def test_users_live_elsewhere_than_the_tag_names() -> None:
    living = pd.DataFrame(
        {
            "hashtag": ["mylapd", "mylapd", "mygreece", "mytexas"],
            "place_id": ["5368361", "5128581", "264371", "4699066"],
            "region": ["California", "New York", "Attica", "Texas"],
            "country": ["US", "US", "GR", "US"],
            "users": [6, 14, 5, 2],
        }
    )
    named = places.named(tags("myLAPD", "myGreece", "myTexas", "myELAS"), endings=["PD"])
    found = places.at_home(living, named).set_index("hashtag")
    assert found.share.to_dict() == {"mylapd": 0.3, "mygreece": 1.0, "mytexas": 1.0}
    # Wilson's limits of 6 of 20 (Brown, Cai, DasGupta 2001, eq. 4): (0.396 -+ 0.188)/1.192.
    assert found.share_low["mylapd"] == pytest.approx(0.1455, abs=5e-4)
    assert found.share_high["mylapd"] == pytest.approx(0.5190, abs=5e-4)
