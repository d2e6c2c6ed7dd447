"""The page: its head, its contents, its sections in the order in which they are read."""

from spread.figures._clock import zone_words
from spread.report._elements import Markup, element, isolated, joined
from spread.report._look import STYLE
from spread.report._sections import sections
from spread.study import Study
from spread.study._hours import TOPIC as HOURS

__all__ = ["body", "head"]

_SYNTHETIC = (
    "The archive says of itself that it is synthetic: accounts, texts and events are invented."
)


def head(study: Study, policy: Markup) -> Markup:
    """Return the head of a page about a study."""
    return joined(
        element("meta", charset="utf-8"),
        policy,
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="generator", content=f"spread {study.versions.get('spread', '')}"),
        element("title", study.title),
        element("style", Markup(STYLE)),
    )


def body(study: Study, *, command: str) -> Markup:
    """Return the body of the report, without its scripts."""
    parts = sections(study, command=command)
    contents = (element("li", element("a", title, href=f"#{key}")) for key, title, _ in parts)
    return joined(
        element("a", "To the story", class_="skip", href="#story"),
        element(
            "div",
            _header(study),
            element("nav", element("ol", *contents), aria_label="Contents"),
            element("main", *(_section(*section) for section in parts)),
            class_="page",
        ),
    )


def _section(key: str, title: str, content: Markup) -> Markup:
    """Return a section with its heading."""
    heading = element("h2", title, id=f"{key}-title")
    return element("section", heading, content, id=key, aria_labelledby=f"{key}-title")


def _header(study: Study) -> Markup:
    timed = HOURS not in dict(study.cannot_tell)
    zone = study.time_zone if timed else "UTC"
    window = (study.start_at.tz_convert(zone), study.end_at.tz_convert(zone))
    moment = "%B %Y, %H:%M %Z" if timed else "%B %Y"
    first, last = (f"{at.day} {at:{moment}}" for at in window)
    warning = (
        joined(element("span", "SYNTHETIC DATA", class_="label"), element("p", _SYNTHETIC))
        if study.synthetic
        else Markup("")
    )
    times = "UTC" if zone == "UTC" else zone_words(window, zone).removeprefix("time in ")
    beside = "" if zone == "UTC" else " The tables beside this page, CSV and Parquet, are in UTC."
    told = (
        f"Times are in {times}.{beside}"
        if timed
        else "The archive is pseudonymised: days are in UTC, each cascade begins at midnight of "
        "its day, and no hour in this page or in the tables beside it is that of an event."
    )
    return element(
        "header",
        warning,
        element("h1", isolated(study.title)),
        element("p", f"{first} to {last}. {told}", class_="window"),
        _facts(study),
    )


def _facts(study: Study) -> Markup:
    report, files = study.read_report, study.tables["files"]
    facts = [
        ("records read", f"{files['records'].sum():,}"),
        ("tweets collected", f"{report.origins.get('collected', 0):,}"),
        ("accounts seen", f"{report.users:,}"),
        ("hashtags", f"{len(study.tables['usage']):,}"),
        ("records rejected", f"{files['rejected'].sum():,}"),
    ]
    return element(
        "dl", *(element("div", element("dt", key), element("dd", value)) for key, value in facts),
        class_="facts",
    )  # fmt: skip
