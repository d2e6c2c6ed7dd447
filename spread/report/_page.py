"""The page: its head, its contents, its sections in the order in which they are read."""

from collections.abc import Iterable, Sequence

from spread import figures
from spread.report._cells import table
from spread.report._columns import GLOSSARY
from spread.report._elements import Markup, element, joined
from spread.report._look import STYLE
from spread.report._methods import METHODS
from spread.report._pictures import picture, pictures
from spread.report._safety import data_block
from spread.study import Study

__all__ = ["body", "head", "plot"]

_SYNTHETIC = (
    "The archive says of itself that it is synthetic: accounts, texts and events are invented."
)
_IDS = ("user_id", "name", "author_id", "evidence", "first_author_id", "first_tweet_id", "tweet_id")
_ENDS = ("source_longitude", "source_latitude", "target_longitude", "target_latitude")
_TITLES = {
    "files": "Files read",
    "rejects": "Records that could not be read",
    "coverage": "Retweets observed and reported",
    "usage": "Hashtags",
    "timeline": "Tweets per bin",
    "nodes": "Accounts of the network",
    "vocabulary": "What each camp says that the others do not",
    "metrics": "Cascades",
    "traced": "What of each hashtag traces back",
    "influence": "Which hashtag fed which",
    "without": "The tag without the account that turned it, bin by bin",
    "profile": "Cascades of camps A and B, curve by curve",
    "tree": "The largest cascade",
    "seeds": "Accounts by credit",
    "roles": "Accounts by their place within and between camps",
    "elites": "Whom each camp passed on most, slice of time by slice",
    "in_step": "Clusters of accounts that share in step",
    "turn_shares": "Shares before and after",
    "turned": "Accounts by the probability that they turned it",
    "drivers": "Accounts by turning share",
    "turn_changes": "All changes of composition, as steps",
    "turn_volume": "Stretches of even volume",
    "turn_timeline": "Shares per bin",
    "members": "Hashtags of the family",
    "recruitment": "What fed the growth of each hashtag",
    "merged": "Misspellings counted with a hashtag",
    "companions": "Hashtags used beside it",
    "places": "Cities of the accounts",
    "arrivals": "Arrivals",
    "flows": "What was passed on from city to city",
    "between_cities": "Which city's tweets called forth whose",
    "evidence": "Tweets to read",
    "robustness": "Each claim over all specifications",
    "sensitivity": "Each claim under each specification",
    "controls": "Turns where there should be none",
}
_HIDDEN = {
    "usage": ("first_tweet_id", "first_author_id"),
    "tree": (*_IDS, "cascade", "event", "parent"),
    "members": ("evidence", "first_author_id", "first_tweet_id"),
    "arrivals": ("tweet_id", "author_id", "place_id", "hashtag", "longitude", "latitude"),
    "flows": ("source", "target", *_ENDS, "evidence"),
    "seeds": ("user_id", "public", "evidence", "first_tweet_id"),
    "roles": ("user_id", "public"),
    "traced": ("evidence",),
    "between_cities": ("evidence",),
    "elites": ("user_id", "public", "evidence"),
    "drivers": ("user_id", "public", "evidence"),
    "turned": ("user_id", "public", "evidence", "first_tweet_id"),
    "nodes": ("name", "x", "y", "public"),
    "coverage": ("tweet_id", "user_id"),
    "metrics": ("tweet_id", "user_id"),
    "places": ("place_id",),
    "sensitivity": ("about_id",),
    "robustness": (),
}


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
    sections = (
        ("story", "The story", _story(study)),
        ("archive", "What the archive holds and lacks", _archive(study)),
        ("spread", "How it spread", _spread(study)),
        ("carried", "Who carried it", _carried(study)),
        ("turned", "When it turned", _turned(study)),
        ("spawned", "What it spawned", _spawned(study)),
        ("went", "Where it went", _went(study)),
        *_checked(study),
        ("refused", "What could not be told", _refused(study)),
        ("evidence", "The tweets behind it", _evidence(study)),
        ("terms", "Terms", _terms()),
        ("methods", "How it was done", _methods(study, command)),
    )
    contents = (element("li", element("a", title, href=f"#{key}")) for key, title, _ in sections)
    return joined(
        element("a", "To the story", class_="skip", href="#story"),
        element(
            "div",
            _header(study),
            element("nav", element("ol", *contents), aria_label="Contents"),
            element("main", *(_section(*section) for section in sections)),
            class_="page",
        ),
    )


def plot(study: Study, name: str) -> Markup:
    """Return a figure as a place to draw it, its caption, and its data."""
    figure = picture(study, name)
    place = f"figure-{name}"
    height = f"height:{figure.layout.height:.0f}px"
    return joined(
        element(
            "figure",
            element(
                "div",
                "This figure is drawn when scripts may run.",
                id=place,
                class_="plot",
                role="img",
                aria_label=Markup(figures.alt(figure)),
                style=height,
            ),
            element("figcaption", Markup(figures.caption(figure))),
        ),
        data_block(figure, place),
    )


def _section(key: str, title: str, content: Markup) -> Markup:
    """Return a section with its heading."""
    heading = element("h2", title, id=f"{key}-title")
    return element("section", heading, content, id=key, aria_labelledby=f"{key}-title")


def _header(study: Study) -> Markup:
    zone = study.time_zone
    window = (study.start_at.tz_convert(zone), study.end_at.tz_convert(zone))
    first, last = (f"{at.day} {at:%B %Y, %H:%M %Z}" for at in window)
    warning = (
        joined(element("span", "SYNTHETIC DATA", class_="label"), element("p", _SYNTHETIC))
        if study.synthetic
        else Markup("")
    )
    times = "UTC" if zone == "UTC" else f"{zone} (the tables beside this page are in UTC)"
    return element(
        "header",
        warning,
        element("h1", study.title),
        element("p", f"{first} to {last}. Times are in {times}.", class_="window"),
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


def _story(study: Study) -> Markup:
    sentences = (element("p", sentence) for sentence in study.story)
    public = (
        "All accounts are named: think of the people before you share this page."
        if study.names
        else "Only verified and very large accounts are named; all others have a number."
    )
    return joined(*sentences, element("p", public, class_="note"))


def _archive(study: Study) -> Markup:
    report = study.read_report
    embedded, stubs = (report.origins.get(origin, 0) for origin in ("embedded", "stub"))
    lost = ["Counts are of the tweets that the archive returned."]
    if embedded or stubs:
        lost.append(
            f"{embedded:,} more came inside others and {stubs:,} are known by their number alone."
        )
    if report.share_cut:
        lost.append(
            f"The text of {100 * report.share_cut:.1f} % of the tweets is known to be cut, so "
            f"hashtags at its end are missing."
        )
    if report.ignored:
        lost.append(f"Left aside for their names: {', '.join(map(str, report.ignored))}.")
    return joined(
        element("p", " ".join(lost)),
        *_tables(study, "files", "rejects"),
        element("h3", "Retweets that are here, of those the platform reported"),
        *_tables(study, "coverage"),
        *_collected(study),
        element("h3", "Hashtags"),
        *_tables(study, "usage"),
    )


def _collected(study: Study) -> list[Markup]:
    """Return how the archive seems to have been collected, as far as it shows."""
    if study.family is None:
        return []
    facts = study.family.collection
    lead = facts["lead_s"] / 3600
    words = (
        f"{facts['without_root']:,} of {facts['tweets']:,} tweets "
        f"({100 * facts['share_without_root']:.0f} %, interval {100 * facts['share_low']:.0f}–"
        f"{100 * facts['share_high']:.0f} %) do not carry the tag, and the archive begins "
        f"{lead:,.1f} h before the tag's first use. {facts['other_tags']:,} other hashtags occur; "
        f"{facts['first_beside_root']:,} of them were first used beside it."
    )
    selected = facts["selected_by"]
    if selected:
        words += f" It seems to have been collected by #{selected}."
    return [element("h3", "How it was collected"), element("p", words)]


def _spread(study: Study) -> Markup:
    return joined(
        plot(study, "timeline"),
        *_tables(study, "timeline"),
        plot(study, "network"),
        *_tables(study, "nodes"),
        *(_tables(study, "vocabulary") if len(study.tables.get("vocabulary", ())) else []),
        _told(
            study,
            "how deep it went",
            plot(study, "ccdf"),
            *_tables(study, "metrics"),
            *_kinds(study),
            plot(study, "tree"),
            *_tables(study, "tree"),
        ),
    )


def _told(study: Study, topic: str, *content: Markup) -> Markup:
    """Return what is said of a topic, or why nothing can be: a refusal draws no figure."""
    reason = dict(study.cannot_tell).get(topic)
    if reason is None:
        return joined(*content)
    return element("p", f"Cannot tell {topic}: {reason}.", class_="note")


def _kinds(study: Study) -> list[Markup]:
    """Return the comparison of kinds of cascades, if the study has it."""
    if not len(study.tables.get("profile", ())):
        return []
    return [plot(study, "cascades"), *_tables(study, "profile")]


def _carried(study: Study) -> Markup:
    return joined(
        _told(
            study,
            "who carried it",
            plot(study, "seeds"),
            *_tables(study, "seeds"),
            *_naive(study, ("Who carried",)),
        ),
        *_tables(study, "elites", "roles"),
        _told(study, "whether accounts shared in step", *_tables(study, "in_step")),
    )


def _turned(study: Study) -> Markup:
    return _told(
        study,
        "anything that rests on the hour",
        plot(study, "shares"),
        *([plot(study, "onset")] if "onset" in pictures(study) else []),
        *_tables(study, "turn_shares", "turned", "drivers"),
        *_tables(study, "turn_changes", "turn_volume", "turn_timeline"),
        *(_tables(study, "without") if len(study.tables.get("without", ())) else []),
        *_naive(study, ("When did it turn", "Who turned")),
    )


def _spawned(study: Study) -> Markup:
    return _told(
        study,
        "anything that rests on the hour",
        plot(study, "family"),
        *_tables(study, "members", "recruitment", "merged", "companions"),
        *_fed(study),
        *_naive(study, ("Where did #",)),
    )


def _fed(study: Study) -> list[Markup]:
    """Return which tag fed which, where a process could be fitted to several."""
    if not len(study.tables.get("influence", ())):
        return []
    return [plot(study, "influence"), *_tables(study, "traced", "influence")]


def _went(study: Study) -> Markup:
    return joined(
        _told(
            study,
            "anything that rests on the hour",
            plot(study, "map"),
            plot(study, "arrivals"),
            *_tables(study, "arrivals"),
            *_naive(study, ("Where did it",)),
        ),
        *([plot(study, "between_cities")] if "between_cities" in pictures(study) else []),
        *_tables(study, "places", "flows"),
        *(_tables(study, "between_cities") if len(study.tables.get("between_cities", ())) else []),
    )


def _checked(study: Study) -> list[tuple[str, str, Markup]]:
    """Return the section on other choices and negative controls, if the study has them."""
    content = []
    if len(study.tables.get("sensitivity", ())):
        words = (
            "The main claims made again with other choices, one at a time. A claim that changes "
            "with a choice that nobody can defend against another is not settled."
        )
        content += [element("p", words), plot(study, "sensitivity")]
        content += _tables(study, *(n for n in ("robustness", "sensitivity") if n in study.tables))
    if "controls" in study.tables:
        controls = study.tables["controls"]
        open_ones = int(controls["cannot_tell"].notna().sum())
        words = (
            f"A turn was looked for in {len(controls)} places where there should be none, and "
            f"found in {int(controls['found'].sum())}; in {open_ones} of them it cannot be told."
        )
        content += [element("p", words), *_tables(study, "controls")]
    return [("checked", "What depends on choices", joined(*content))] if content else []


def _refused(study: Study) -> Markup:
    if not study.cannot_tell:
        return element("p", "Nothing that was asked had to be refused.")
    items = (
        element("li", element("strong", f"{_capital(topic)}: "), f"{reason}.")
        for topic, reason in study.cannot_tell
    )
    return element("ul", *items, class_="refused")


def _evidence(study: Study) -> Markup:
    cited = study.tables["evidence"]
    parts = (
        table(rows, name="evidence", title=_capital(str(topic)), time_zone=study.time_zone)
        for topic, rows in cited.groupby("topic", sort=False)
    )
    return joined(element("p", "Read them before you believe the rest."), *parts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _naive(study: Study, questions: Sequence[str]) -> list[Markup]:
    """Return what simpler looks would have said to these questions, beside what was found."""
    answers = study.tables["naive"]
    asked = answers[answers["question"].astype(str).str.startswith(tuple(questions))]
    if asked.empty:
        return []
    told = table(
        asked,
        name="naive",
        title="Found, and found naively",
        time_zone=study.time_zone,
        opened=len(asked) < 6,
    )
    return [element("h3", "What simpler looks would have said"), told]


def _terms() -> Markup:
    meanings = (joined(element("dt", term), element("dd", meaning)) for term, meaning in GLOSSARY)
    return element("dl", *meanings, class_="terms")


def _methods(study: Study, command: str) -> Markup:
    methods = (
        element(
            "li", element("strong", f"{method.topic}. "), method.done, *_sources(method.sources)
        )
        for method in METHODS
    )
    versions = ", ".join(f"{name} {version}" for name, version in study.versions.items())
    repeat = [
        element("h3", "To repeat it"),
        element("p", f"Seed {study.seed}. Versions: {versions}."),
    ]
    if command:
        repeat.append(element("pre", element("code", command), tabindex="0"))
    return joined(element("ul", *methods), *repeat)


def _sources(sources: Iterable[tuple[str, str]]) -> list[Markup]:
    links = (element("a", words, href=address, rel="noreferrer") for words, address in sources)
    return [joined(" ", link) for link in links]


def _tables(study: Study, *names: str) -> list[Markup]:
    """Return tables by name; what would single out a private account is left out."""
    hidden = () if study.names else _HIDDEN.items()
    left_out = dict(hidden)
    return [
        table(
            study.tables[name],
            name=name,
            title=_TITLES[name],
            time_zone=study.time_zone,
            hidden=left_out.get(name, ()),
        )
        for name in names
    ]
