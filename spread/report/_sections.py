"""What each section of the page says."""

import platform
from collections.abc import Iterable, Sequence

from spread import figures
from spread.report._cells import table
from spread.report._elements import Markup, element, isolated, joined
from spread.report._listing import evidence, listed, places_of
from spread.report._meanings import GLOSSARY
from spread.report._methods import METHODS
from spread.report._pictures import picture, pictures
from spread.report._safety import data_block
from spread.study import Study
from spread.study._claims import REFUSED
from spread.study._labels import PUBLIC_FOLLOWERS
from spread.study._places import SMALLEST_CELL

__all__ = ["plot", "sections"]

_HOURS = "anything that rests on the hour"


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


def sections(study: Study, *, command: str) -> list[tuple[str, str, Markup]]:
    """Return (id, title, content) of each section, in the order in which they are read."""
    return [
        ("story", "The story", _story(study)),
        ("archive", "What the archive holds and lacks", _archive(study)),
        ("spread", "How it spread", _spread(study)),
        ("carried", "Who carried it", _carried(study)),
        ("turned", "When it turned", _turned(study)),
        ("spawned", "What it spawned", _spawned(study)),
        ("went", "Where it went", _went(study)),
        *_checked(study),
        ("refused", "What could not be told, and why", _refused(study)),
        ("evidence", "The tweets behind it", _evidence(study)),
        ("terms", "Terms", _terms()),
        ("methods", "How it was done", _methods(study, command)),
    ]


def _story(study: Study) -> Markup:
    sentences = (element("p", isolated(sentence)) for sentence in study.story)
    public = (
        "All accounts are named: think of the people before you share this page."
        if study.names
        else "Only accounts that are verified or have at least "
        f"{PUBLIC_FOLLOWERS:,} followers are named; all others have a number, and places with "
        f"fewer than {SMALLEST_CELL} accounts are not shown."
    )
    intervals = "Behind a number, in brackets, stands its 95 % interval."
    return joined(*sentences, element("p", f"{intervals} {public}", class_="note"))


def _archive(study: Study) -> Markup:
    report = study.read_report
    embedded, stubs = (report.origins.get(origin, 0) for origin in ("embedded", "stub"))
    lost = ["Counts are of the tweets that the archive returned."]
    more = [(embedded, "more came inside others"), (stubs, "are known by their number alone")]
    if any(count for count, _ in more):
        parts = (f"{count:,} {words}" for count, words in more if count)
        lost.append(f"{' and '.join(parts)}.")
    if report.share_cut:
        lost.append(
            f"The text of {100 * report.share_cut:.1f} % of the tweets is known to be cut, so "
            f"hashtags at its end are missing."
        )
    if report.ignored:
        called = places_of(study)
        names = ", ".join(called[str(file)] for file in report.ignored)
        lost.append(f"Left aside for their names: {names}.")
    return joined(
        element("p", isolated(" ".join(lost))),
        *listed(study, "files", "rejects"),
        element("h3", "Retweets that are here, of those the platform reported"),
        *_note(study, "coverage"),
        *listed(study, "coverage"),
        *_collected(study),
        *_located(study),
        element("h3", "Hashtags"),
        *listed(study, "usage"),
    )


def _collected(study: Study) -> list[Markup]:
    """Return how the archive seems to have been collected, as far as it shows."""
    if study.family is None:
        return []
    facts = study.family.collection
    lead = facts["lead_s"] / 3600
    begins = f"{lead:,.1f} h before" if lead >= 0.1 else "with"
    words = (
        f"{facts['without_root']:,} of {facts['tweets']:,} tweets "
        f"({100 * facts['share_without_root']:.0f} %) do not carry {study.shown}, and the archive "
        f"begins {begins} its first use. {facts['other_tags']:,} other hashtags occur; "
        f"{facts['first_beside_root']:,} of them were first used beside it."
    )
    if selected := facts["selected_by"]:
        tag = study.shown if selected == study.root else f"#{selected}"
        words += f" It seems to have been collected by {tag}."
    return [element("h3", "How it was collected"), element("p", isolated(words))]


def _located(study: Study) -> list[Markup]:
    """Return what the accounts say of where they are."""
    counts = study.tables.get("locations")
    if counts is None or not counts["accounts"].sum():
        return []
    known = counts.set_index("location")["accounts"]
    named, whole = int(known.get("a city", 0)), int(known.sum())
    words = (
        f"{named:,} of {whole:,} accounts ({100 * named / whole:.0f} %), quoted and named ones "
        "included, say that they live in one city. The others are in no count of places."
    )
    return [element("h3", "Locations"), element("p", words), *listed(study, "locations")]


def _spread(study: Study) -> Markup:
    return joined(
        *_drawn(study, "timeline"),
        *(listed(study, "timeline") if _HOURS not in dict(study.cannot_tell) else ()),
        plot(study, "network"),
        *listed(study, "nodes"),
        *_note(study, "the camps"),
        *_some(study, "vocabulary"),
        *_told(study, "how deep it went", ["ccdf"], ["metrics"]),
        *_kinds(study),
        *_told(study, "how deep it went", ["tree"], ["tree"], again=False),
    )


def _kinds(study: Study) -> list[Markup]:
    """Return the comparison of kinds of cascades, if the study has it."""
    return [*_drawn(study, "cascades"), *_some(study, "profile")] if _has(study, "cascades") else []


def _carried(study: Study) -> Markup:
    return joined(
        *_told(study, "who carried it", ["seeds"], ["seeds"]),
        *_naive(study, ("Who carried",)),
        *listed(study, *(("roles",) if _HOURS in dict(study.cannot_tell) else ("elites", "roles"))),
        *_told(study, "whether accounts shared in step", [], ["in_step"]),
    )


def _turned(study: Study) -> Markup:
    if _HOURS in dict(study.cannot_tell):
        return joined(*_note(study, _HOURS))
    return joined(
        *_note(study, "the turn"),
        *_drawn(study, "shares", "onset"),
        *_unless_refused(study, "the turn", "turn_shares", "turned", "drivers", "turn_changes"),
        *_unless_refused(study, "the turn", "turn_volume", "turn_timeline"),
        *_refused_of(study, " there would be without "),
        *_some(study, "without"),
        *_naive(study, ("When did it turn", "Who turned")),
    )


def _spawned(study: Study) -> Markup:
    if _HOURS in dict(study.cannot_tell):
        return joined(*_note(study, _HOURS))
    return joined(
        *_note(study, "the family of tags"),
        *_drawn(study, "family"),
        *_unless_refused(
            study, "the family of tags", "members", "recruitment", "merged", "companions"
        ),
        *_refused_of(study, " traces back to "),
        *_drawn(study, "influence"),
        *_some(study, "traced", "influence"),
        *_naive(study, ("Where did #",)),
    )


def _went(study: Study) -> Markup:
    if _HOURS in dict(study.cannot_tell):
        return joined(*_note(study, _HOURS), *listed(study, "places", "flows"))
    return joined(
        *_note(study, "where it went"),
        *_note(study, "where it began"),
        *_drawn(study, "map", "arrivals"),
        *listed(study, "arrivals"),
        *_naive(study, ("Where did it",)),
        *_drawn(study, "between_cities"),
        *listed(study, "places", "flows"),
        *_some(study, "between_cities"),
    )


def _told(
    study: Study, topic: str, plots: Sequence[str], tables: Sequence[str], *, again: bool = True
) -> list[Markup]:
    """Return what is said of a topic, or why nothing can be: a refusal draws no figure."""
    if topic in dict(study.cannot_tell):
        return _note(study, topic) if again else []
    return [*_drawn(study, *plots), *listed(study, *tables)]


def _note(study: Study, topic: str) -> list[Markup]:
    """Return why a topic cannot be told, where it is one of those."""
    reason = dict(study.cannot_tell).get(topic)
    if reason is None:
        return []
    return [element("p", isolated(f"Cannot tell {topic}: {reason}."), class_="note")]


def _refused_of(study: Study, words: str) -> list[Markup]:
    """Return why topics that hold these words cannot be told."""
    topics = [topic for topic, _ in study.cannot_tell if words in topic]
    return [note for topic in topics for note in _note(study, topic)]


def _has(study: Study, name: str) -> bool:
    return name in pictures(study)


def _drawn(study: Study, *names: str) -> list[Markup]:
    """Return those of some figures that the study has."""
    return [plot(study, name) for name in names if _has(study, name)]


def _some(study: Study, *names: str) -> list[Markup]:
    """Return those of some tables that have rows."""
    return listed(study, *(name for name in names if len(study.tables.get(name, ()))))


def _unless_refused(study: Study, topic: str, *names: str) -> list[Markup]:
    """Return tables; of a topic that is refused, the empty ones are not spoken of."""
    refused = topic in dict(study.cannot_tell)
    return _some(study, *names) if refused else listed(study, *names)


def _checked(study: Study) -> list[tuple[str, str, Markup]]:
    """Return the section on other choices and negative controls, if the study has them."""
    content = [*_under_choices(study), *_controlled(study)]
    return [("checked", "What depends on choices", joined(*content))] if content else []


def _under_choices(study: Study) -> list[Markup]:
    """Return the claims made again, and which were not as the study refuses to tell them."""
    made = study.tables.get("sensitivity")
    if made is None or not len(made):
        return []
    words = (
        "The main claims made again with other choices, one at a time. A claim that changes "
        "with a choice that nobody can defend against another is not settled."
    )
    asked = set(made["claim"][made["agrees"].notna()])
    refused = [str(claim) for claim in made["claim"].unique() if claim not in asked]
    if not asked:
        words = "The study tells nothing that could be made again with other choices."
    content = [element("p", words)]
    if refused:
        left = f"Not asked, as the study refuses to tell it: {'; '.join(refused)}."
        content.append(element("p", isolated(f"{left} The table says why."), class_="note"))
    figure = _drawn(study, "sensitivity") if asked else []
    return [*content, *figure, *listed(study, "robustness", "sensitivity")]


def _controlled(study: Study) -> list[Markup]:
    """Return what the negative controls say, or why there are none."""
    controls = study.tables.get("controls")
    if controls is None:
        return []
    reasons = controls["cannot_tell"].dropna().astype(str)
    if len(reasons) == len(controls) and reasons.str.startswith(REFUSED).all():
        words = f"No turn was looked for where there should be none: {reasons.iloc[0]}."
        return [element("p", isolated(words), class_="note")]
    words = (
        f"A turn was looked for {len(controls)} times where there should be none, as in tags "
        f"that have nothing to do with it, and found {int(controls['found'].sum())} times; "
        f"{len(reasons)} times it cannot be told."
    )
    return [element("p", words), *listed(study, "controls")]


def _refused(study: Study) -> Markup:
    if not study.cannot_tell:
        return element("p", "Nothing that was asked had to be refused.")
    items = (
        element("li", element("strong", isolated(f"{_capital(topic)}: ")), isolated(f"{reason}."))
        for topic, reason in study.cannot_tell
    )
    return element("ul", *items, class_="refused")


def _evidence(study: Study) -> Markup:
    if not len(study.tables["evidence"]):
        return element("p", "No answer rests on single tweets.")
    words = "Read them before you believe the rest."
    if not study.names:
        words += (
            " What private accounts wrote is not shown here, nor its number; evidence.csv in the "
            "folder tables has the numbers."
        )
    return joined(element("p", words), *evidence(study))


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
        element("p", f"Seed {study.seed}. Python {platform.python_version()}; {versions}."),
    ]
    if command:
        repeat.append(element("pre", element("code", command), tabindex="0"))
    return joined(element("ul", *methods), *repeat)


def _sources(sources: Iterable[tuple[str, str]]) -> list[Markup]:
    links = (element("a", words, href=address, rel="noreferrer") for words, address in sources)
    return [joined(" ", link) for link in links]
