"""The report: what it says, and that a page made of hostile data does nothing."""

import html.parser
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import igraph
import invented
import pandas as pd
import plotly.graph_objects as go
import pytest
from invented_archive import v1_tweet
from plotly.offline import get_plotlyjs
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from spread import archive, communities, report, trees
from spread._errors import OutputError
from spread.figures._clock import stamp
from spread.hashtags import Family
from spread.hijack import Turn
from spread.report import _listing, _meanings, _safety
from spread.report._cells import cell, table
from spread.report._elements import element, isolated, joined
from spread.report._pictures import picture, pictures
from spread.study import Study
from spread.study._claims import REFUSED
from spread.study._evidence import NOT_SHOWN
from spread.study._labels import UNKNOWN

COMMAND = "python -m spread.cascade 'a b.jsonl.gz' --seed 1"

_WAIT_S = 180  # beside other work; it takes some seconds alone
PICTURES = pictures(invented.study())


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a report, a hostile one, and the figures of both."""
    folder = tmp_path_factory.mktemp("pages")
    for name, study in (("plain", invented.study()), ("hostile", invented.hostile())):
        report.write(study, folder / f"{name}.html", command=COMMAND + invented.PAYLOADS[0])
        report.write_figures(study, folder / name)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Give a headless Chromium that reaches no host and remembers what it was asked for."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        missing = "chromium and chromedriver are not installed"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
        "disable-background-networking", "disable-component-update", "disable-sync",
        "disable-dev-shm-usage", "host-resolver-rules=MAP * ~NOTFOUND", "window-size=1400,1000",
        f"user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):  # fmt: skip
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield chrome
    chrome.quit()


def opened(browser: webdriver.Chrome, page: Path, *, figures: int) -> SimpleNamespace:
    """Open a page and return what it asked for, complained of, ran and drew."""
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)  # forget what came before
    browser.get(page.as_uri())
    if figures:
        WebDriverWait(browser, _WAIT_S).until(
            lambda chrome: chrome.execute_script(
                "return document.documentElement.dataset.drawn"
            ) == str(figures)
        )  # fmt: skip
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {
        event["params"]["requestId"]: event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    stopped = {
        asked[event["params"]["requestId"]]
        for event in events
        if event["method"] == "Network.loadingFailed"
        and event["params"].get("blockedReason") == "csp"
    }
    return SimpleNamespace(
        asked={url for url in asked.values() if not url.startswith(("file:", "data:", "blob:"))},
        stopped=stopped,
        complaints=[
            entry["message"] for entry in browser.get_log("browser") if entry["level"] != "INFO"
        ],
        ran=browser.execute_script("return window.payload_ran"),
        links=browser.execute_script(
            "return Array.from(document.querySelectorAll('a, iframe, svg *[href], [src]'))"
            ".flatMap(e => ['href', 'xlink:href', 'src'].map(k => e.getAttribute(k)))"
            ".filter(v => v && !v.startsWith('#'))"
        ),
        handlers=browser.execute_script(
            "return Array.from(document.querySelectorAll('*'))"
            ".flatMap(e => Array.from(e.attributes)).filter(a => a.name.startsWith('on')).length"
        ),
    )


def drawn(browser: webdriver.Chrome, name: str) -> int:
    """Count the marks of a figure: points, lines and areas."""
    return browser.execute_script(
        "return document.querySelectorAll('#figure-' + arguments[0] + "
        "' :is(.points path, .lines path, .fills path, .js-line, .scattergeo path.point, "
        ".textpoint)').length",
        name,
    )


def test_the_detector_sees_what_it_should(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = tmp_path / "control.html"
    page.write_text(
        "<script>window.payload_ran=1; console.error('seen')</script><b onclick='x'>b</b>"
        "<a href='javascript:0'>a</a><img src='https://evil.example/x.png'>",
        encoding="utf-8",
    )
    seen = opened(browser, page, figures=0)
    assert seen.ran == 1
    assert seen.asked == {"https://evil.example/x.png"}
    assert not seen.stopped
    assert "javascript:0" in seen.links
    assert seen.handlers == 1
    assert any("seen" in line for line in seen.complaints)


def test_the_policy_stops_a_payload_and_a_request(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    page = tmp_path / "stopped.html"
    payloads = "<script>window.payload_ran=1</script><img src='https://evil.example/x.png'>"
    page.write_text(_safety.policy("other") + payloads, encoding="utf-8")
    seen = opened(browser, page, figures=0)
    assert seen.ran is None
    assert seen.stopped == {"https://evil.example/x.png"}
    assert len(seen.complaints) == 2  # the browser reports each violation


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_the_report_draws_every_figure_and_does_nothing_else(
    browser: webdriver.Chrome, pages: Path, name: str
) -> None:
    seen = opened(browser, pages / f"{name}.html", figures=len(PICTURES))
    assert {figure: drawn(browser, figure) > 0 for figure in PICTURES} == dict.fromkeys(
        PICTURES, True
    )
    assert browser.execute_script("return document.querySelectorAll('.layer.land path').length") > 0
    assert not seen.asked
    assert not seen.complaints
    assert seen.ran is None
    assert seen.handlers == 0
    allowed = ("https://doi.org/", "https://www.geonames.org/")
    assert all(link.startswith(allowed) for link in seen.links)
    assert browser.execute_script("return typeof MathJax") == "undefined"


def test_what_results_show_of_themselves_runs_nothing(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    """Each with payloads in its names and texts, on a page without a policy that would help."""
    payload, study = invented.PAYLOADS[1], invented.hostile()
    (tmp_path / f"{payload}.jsonl").write_text(f'{payload}\n{{"a": "{payload[:3]}"}}\n')
    (tmp_path / "a.jsonl").write_text(json.dumps(v1_tweet(1, text=payload)) + "\n")
    read = archive.read([*tmp_path.glob("*.jsonl")], to=tmp_path / "out", progress=False)
    events = pd.DataFrame({"cascade": 0, "event": [0, 1], "tweet_id": [payload, "2"],
                           "user_id": payload, "at_s": [0.0, 5.0], "mark": 1.0})  # fmt: skip
    graph = igraph.Graph.Full(6)
    graph.vs["name"] = [f"{payload}{node}" for node in range(6)]
    turn = Turn(payload, 0.0, 0.0, 9, 1, payload, 0.5, 1, *[pd.DataFrame()] * 4, {})
    members = study.tables["members"].assign(authors=3)
    family = SimpleNamespace(members=members, root=payload, seed=1, cannot_tell=payload)
    shown = [
        read._repr_html_(),
        read.report._repr_html_(),
        communities.detect(graph, rng=1)._repr_html_(),
        trees.observed(events, [-1, 0], parameters={payload: payload})._repr_html_(),
        turn._repr_html_(),
        Family._repr_html_(family),
        Study._repr_html_(study),
    ]
    page = tmp_path / "page.html"
    page.write_text("<meta charset=utf-8>" + "<hr>".join(shown), encoding="utf-8")
    seen = opened(browser, page, figures=0)
    assert (seen.ran, seen.handlers, seen.links, seen.asked) == (None, 0, [], set())
    assert not seen.complaints
    told = browser.execute_script("return document.body.textContent").split("\n")
    assert sum(text.count("payload_ran") for text in told) > 6  # as text, in all that name data


def test_hovering_over_hostile_data_does_nothing(browser: webdriver.Chrome, pages: Path) -> None:
    opened(browser, pages / "hostile.html", figures=len(PICTURES))
    for name in ("seeds", "network", "tree", "family", "arrivals", "cascades", "sensitivity"):
        shown = browser.execute_script(
            "const plot = document.getElementById('figure-' + arguments[0]);"
            "const at = plot.data.findIndex(t => t.mode && t.mode.includes('markers'));"
            "const axes = (plot.data[at].xaxis || 'x') + (plot.data[at].yaxis || 'y');"
            "Plotly.Fx.hover(plot, [{curveNumber: at, pointNumber: 0}], axes);"
            "return plot.querySelector('.hoverlayer').textContent;", name,
        )  # fmt: skip
        assert shown
    assert browser.execute_script("return window.payload_ran") is None
    assert not browser.execute_script("return document.querySelectorAll('.hoverlayer a').length")


def test_a_name_is_drawn_as_it_was_typed(browser: webdriver.Chrome, tmp_path: Path) -> None:
    study = invented.study()
    typed = """<b> & 'q' "d" $1 é"""
    study.tables["seeds"]["label"] = typed
    report.write_figures(study, tmp_path)
    opened(browser, tmp_path / "seeds.html", figures=1)
    drawn_name = browser.execute_script("return document.querySelector('.ytick text').textContent")
    assert drawn_name.startswith(typed)


@pytest.mark.parametrize("name", PICTURES)
def test_each_figure_opens_alone(browser: webdriver.Chrome, pages: Path, name: str) -> None:
    seen = opened(browser, pages / "hostile" / f"{name}.html", figures=1)
    assert drawn(browser, name) > 0
    assert not seen.asked
    assert not seen.complaints
    assert seen.ran is None


def test_the_page_fits_a_telephone(browser: webdriver.Chrome, pages: Path) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True},
    )
    opened(browser, pages / "plain.html", figures=len(PICTURES))
    width = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert width <= 390


def test_on_paper_a_figure_and_its_caption_stand_on_one_page(
    browser: webdriver.Chrome, pages: Path
) -> None:
    """A4 and Letter with margins of 1 cm leave 259 mm, 979 px, to the lower of them."""
    opened(browser, pages / "plain.html", figures=len(PICTURES))
    high = "return Array.from(document.querySelectorAll('figure'), f => f.offsetHeight)"
    before = browser.execute_script(high)
    media = "Emulation.setEmulatedMedia"
    browser.execute_cdp_cmd(media, {"media": "print"})
    try:
        browser.execute_script(
            "document.querySelector('#figure-sensitivity').dataset.least = 944;"
            "dispatchEvent(new Event('beforeprint'))"
        )
        printed = browser.execute_script(high)
        # What needs 944 px for its columns is drawn so, and made smaller.
        wide = browser.execute_script(
            "const plot = document.querySelector('#figure-sensitivity');"
            "return [plot.layout.width, Math.round(plot.layout.width * plot.style.zoom)]"
        )
        browser.execute_script("dispatchEvent(new Event('afterprint'))")
    finally:
        browser.execute_cdp_cmd(media, {"media": ""})
    assert max(before) > 979 >= max(printed)
    assert wide == [944, 640]
    assert browser.execute_script(high) == before


_CONTRASTS = """
const parsed = (text) => text.match(/[\\d.]+/g).map(Number);
const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
  const part = c[at] / 255;
  return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
}, 0);
const ground = (node) => {
  for (let at = node; at instanceof Element; at = at.parentElement) {
    const colour = parsed(getComputedStyle(at).backgroundColor);
    if (!(at instanceof SVGElement) && (colour[3] === undefined || colour[3] > 0.99)) return colour;
  }
  return [255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const found = [];
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement, look = getComputedStyle(node);
  if (!walker.currentNode.textContent.trim() || !node.getClientRects().length) continue;
  if (node.closest("script, style, .modebar")) continue;
  const ink = parsed(node instanceof SVGElement ? look.fill : look.color);
  if (ink[3] === 0) continue;
  const pair = [light(ink), light(ground(node))].sort((a, b) => b - a);
  const large = parseFloat(look.fontSize) >= 24;
  found.push([(pair[0] + 0.05) / (pair[1] + 0.05) / (large ? 3 : 4.5),
              walker.currentNode.textContent.trim().slice(0, 30)]);
}
return found;
"""


def test_every_text_that_is_drawn_has_the_contrast_of_wcag_aa(
    browser: webdriver.Chrome, pages: Path
) -> None:
    """4.5 to 1, and 3 to 1 for large text, of what the browser computed, figures included."""
    opened(browser, pages / "plain.html", figures=len(PICTURES))
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = browser.execute_script(_CONTRASTS)
    assert len(found) > 1_000
    assert {text for ratio, text in found if ratio < 1} == set()
    assert max(ratio for ratio, _ in found) > 3  # dark text was seen as such


def test_the_page_is_used_by_keyboard_alone(browser: webdriver.Chrome, pages: Path) -> None:
    """The first stop leads past the contents; a figure is played with the keys."""
    opened(browser, pages / "plain.html", figures=len(PICTURES))
    keys = ActionChains(browser)
    keys.send_keys(Keys.TAB).perform()
    first = browser.switch_to.active_element
    assert first.text == "To the story"
    assert first.location["x"] >= 0  # it is seen while it has the focus
    browser.execute_script("document.querySelector('#figure-map').scrollIntoView()")
    slider = browser.find_element(By.CSS_SELECTOR, "#figure-map + .play input")
    cities = "return document.querySelectorAll('#figure-map .scattergeo text').length"
    named = browser.execute_script(cities)
    slider.send_keys(Keys.HOME)
    WebDriverWait(browser, _WAIT_S).until(lambda chrome: chrome.execute_script(cities) < named)
    first_at = stamp(invented.arrivals()["at"].min(), invented.ZONE)
    assert slider.get_attribute("aria-valuetext") == f"until {first_at}"
    slider.send_keys(Keys.END)
    WebDriverWait(browser, _WAIT_S).until(lambda chrome: chrome.execute_script(cities) == named)
    button = browser.find_element(By.CSS_SELECTOR, "#figure-map + .play button")
    button.send_keys(Keys.SPACE)
    assert button.text == "Pause"
    WebDriverWait(browser, _WAIT_S).until(
        lambda _: slider.get_attribute("value") not in {"0", "15"}
    )
    button.send_keys(Keys.SPACE)
    assert button.text == "Play"


class _Reader(html.parser.HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\xa0", " ")


def read(page: Path) -> _Reader:
    reader = _Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def test_the_page_is_plotly_and_at_most_three_megabytes(pages: Path) -> None:
    size = (pages / "plain.html").stat().st_size
    assert size - len(get_plotlyjs().encode()) < 3_000_000
    text = (pages / "plain.html").read_text(encoding="utf-8")
    assert text.count("plotly.js v") == get_plotlyjs().count("plotly.js v")  # once


def test_what_is_told_stands_in_the_page(pages: Path) -> None:
    text = read(pages / "plain.html").text
    study = invented.study()
    for sentence in study.story:
        assert sentence in text
    for part in (
        "SYNTHETIC DATA",
        "Seed 20140422",
        "numpy 2.4.0",
        COMMAND,
        study.cannot_tell[0][1],
    ):
        assert part in text
    assert "busiest bin" in text  # the naive rule, beside what was found
    assert "22 April 2014, 13:55 EDT" in text


def test_what_is_refused_is_not_drawn(tmp_path: Path) -> None:
    made = invented.study()
    refusals = (("how deep it went", "half is missing"), ("who carried it", "half is missing"))
    report.write(replace(made, cannot_tell=refusals), tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    for name in ("tree", "ccdf", "seeds"):
        assert name in pictures(made)
        assert f"figure-{name}" not in page
    assert "Cannot tell who carried it: half is missing." in page
    assert {"tree", "ccdf", "seeds"}.isdisjoint(pictures(replace(made, cannot_tell=refusals)))


def test_what_is_refused_is_not_checked_and_the_page_says_so(tmp_path: Path) -> None:
    whole = invented.study()
    why = f"{REFUSED}: too few tweets"
    made = whole.tables["sensitivity"][:1].assign(
        claim="the turn", agrees=None, estimate=None, cannot_tell=why
    )
    controls = pd.DataFrame({"cannot_tell": [why], "found": [False]})
    study = replace(whole, tables={**whole.tables, "sensitivity": made, "controls": controls})
    report.write(study, tmp_path / "page.html")
    page = read(tmp_path / "page.html")
    assert "Not asked, as the study refuses to tell it: the turn. " in page.text
    assert f"No turn was looked for where there should be none: {why}." in page.text
    assert "figure-sensitivity" not in [attrs.get("id") for _, attrs in page.found]


def test_figures_read_out_tweets_that_may_be_shown_and_no_others() -> None:
    made = invented.study()
    leader = made.tables["seeds"].label.iloc[0]
    rows = {"topic": "who carried it", "about": [leader, "account 9"], "tweet_id": ["1", "2"]}
    texts = ["words to read", NOT_SHOWN]
    evidence = pd.DataFrame(rows | {"at": None, "account": "x", "text": texts})
    drawn = picture(replace(made, tables=made.tables | {"evidence": evidence}), "seeds")
    hovers = {each[-1] for trace in drawn.data for each in trace.customdata or ()}
    assert hovers == {"", "<br>“words to read”"}


def test_a_real_archive_is_not_called_synthetic(tmp_path: Path) -> None:
    report.write(replace(invented.study(), synthetic=False), tmp_path / "r.html")
    assert "SYNTHETIC" not in read(tmp_path / "r.html").text


def test_every_figure_has_a_caption_an_alt_sentence_and_a_table(pages: Path) -> None:
    found = read(pages / "plain.html").found
    plots = [given for _, given in found if given.get("class") == "plot"]
    assert {given["id"] for given in plots} == {f"figure-{name}" for name in PICTURES}
    assert all(given["role"] == "img" and given["aria-label"] for given in plots)
    assert sum(tag == "figcaption" for tag, _ in found) == len(PICTURES)
    assert sum(tag == "details" for tag, _ in found) > len(PICTURES)


def test_contents_lead_to_sections_and_every_id_is_used_once(pages: Path) -> None:
    found = read(pages / "plain.html").found
    ids = [given["id"] for _, given in found if "id" in given]
    assert len(ids) == len(set(ids))
    aims = {given["href"][1:] for tag, given in found if tag == "a" and given["href"][0] == "#"}
    assert len(aims) == 12
    assert aims <= set(ids)


def test_private_accounts_are_not_singled_out_unless_asked(tmp_path: Path) -> None:
    study = invented.study()
    private = study.tables["seeds"].query("not public").iloc[0]
    for names in (False, True):
        report.write(replace(study, names=names), tmp_path / "r.html")
        text = read(tmp_path / "r.html").text
        assert (str(private["evidence"][0]) in text) == names


def test_a_private_account_is_not_led_to_by_a_number_or_a_raw_record(tmp_path: Path) -> None:
    study = invented.study()
    cited = pd.DataFrame(
        {"topic": "who", "about": "it", "tweet_id": ["458671", "458672"], "at": study.start_at,
         "account": ["@city", "account 7"], "text": ["seen", "(not shown)"]}
    )  # fmt: skip
    wrong = pd.DataFrame({"source_file": ["/home/me/a/x.json"], "source_record": [3],
                          "reason": ["BAD_JSON"], "detail": ["starts {name: jane}"]})  # fmt: skip
    study.tables.update(evidence=cited, rejects=wrong)
    shown = {}
    for names in (False, True):
        report.write(replace(study, names=names), tmp_path / "r.html")
        text = read(tmp_path / "r.html").text
        shown[names] = [part in text for part in ("458671", "458672", "jane")]
    assert shown == {False: [True, False, False], True: [True, True, True]}


def test_originals_of_unknown_accounts_share_a_row() -> None:
    coverage = pd.DataFrame(
        {"tweet_id": list("1234"), "user_id": ["7", None, None, None], "observed": [9, 20, 4, 1],
         "reported": pd.array([10, 40, None, 10], "Int64"), "coverage": [0.9, 0.5, None, 0.1],
         "label": ["@a", UNKNOWN, UNKNOWN, UNKNOWN], "public": [True, False, False, False]}
    )  # fmt: skip
    rows = _listing._together(coverage).set_index("label")
    assert rows.index.tolist() == ["unknown accounts (3 originals)", "@a"]
    # Of the 50 that were reported for two of them 21 are here; the third has no number.
    whole = rows.iloc[0]
    assert (whole.observed, whole.reported, whole.coverage) == (25, 50, 21 / 50)
    pd.testing.assert_frame_equal(_listing._together(coverage[:2]), coverage[:2])


def test_files_are_told_without_the_folders_that_they_share() -> None:
    files = ["/home/me/x/a/1.json", "/home/me/x/b/2.json"]
    study = invented.study()
    study.tables["files"] = pd.DataFrame({"source_file": files})
    made = replace(study, read_report=SimpleNamespace(ignored=("/home/me/x/notes",)))
    assert list(_listing.places_of(made).values()) == ["a/1.json", "b/2.json", "notes"]


def test_every_column_of_the_page_is_explained_or_speaks_for_itself() -> None:
    study = invented.study()
    asked = {
        (name, column.removesuffix("_low").removesuffix("_high"))
        for name in (*_listing.TITLES, "naive", "evidence")
        for column in study.tables.get(name, pd.DataFrame()).columns
        if column not in _listing.HIDDEN.get(name, ())
    }
    told = _meanings.PLAIN | _meanings.MEANINGS.keys()
    assert {
        (n, c) for n, c in asked if c not in told | _meanings.OF_TABLE.get(n, {}).keys()
    } == set()


def test_words_from_right_to_left_keep_the_order_of_the_rest() -> None:
    told = isolated("from #\u0648\u0633\u0645 (0.91) and #b")
    assert told == "from <bdi>#\u0648\u0633\u0645</bdi> (0.91) and #b"


def test_a_study_without_anything_is_still_a_report(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    bare = {name: frame[:0] for name, frame in invented.tables().items()}
    for name in ("members", "links", "tree", "seeds", "arrivals", "profile", "sensitivity"):
        bare[name] = bare[name].iloc[:, :2]  # nor all their columns
    empty = replace(invented.study(), root=None, tables=bare, family=None, story=(), cannot_tell=())
    report.write(empty, tmp_path / "r.html")
    seen = opened(browser, tmp_path / "r.html", figures=len(pictures(empty)))
    assert not seen.complaints


def test_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="a file cannot be written"):
        report.write(invented.study(), tmp_path / "file" / "report.html")


def test_data_cannot_end_its_block() -> None:
    figure = go.Figure(layout={"title": "</script><!--<script>"})
    block = _safety.data_block(figure, "place")
    inside = re.fullmatch(r"<script[^>]*>(.*)</script>", block)
    assert inside is not None
    assert not set("<>&") & set(inside[1])
    assert json.loads(inside[1])["layout"]["title"]["text"] == "</script><!--<script>"


def test_a_script_that_would_end_its_element_is_refused() -> None:
    with pytest.raises(ValueError, match="would end its own element"):
        _safety.script("x = '</SCRIPT>'")


@pytest.mark.parametrize("payload", invented.PAYLOADS)
def test_an_element_escapes_texts_and_attributes(payload: str) -> None:
    made = element("p", payload, joined(payload), title=payload)
    reader = _Reader()
    reader.feed(made)
    assert [tag for tag, _ in reader.found] == ["p"]
    assert set(reader.found[0][1]) == {"title"}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ""), (float("nan"), ""), (0.5, "0.5"), (1234.6, "1,235"), (True, "yes"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"), ("x" * 200, "x" * 119 + "…"),
    ],
)  # fmt: skip
def test_a_cell_is_words(value: Any, told: str) -> None:
    assert cell(value, "UTC") == told


def test_a_long_table_shows_its_beginning_and_says_so() -> None:
    rows = invented.seeds(30)
    made = table(rows, name="seeds", title="Accounts", time_zone="UTC", hidden=("user_id",))
    assert "Accounts (30 rows, the first 20 shown)" in made
    assert made.count("<tr>") == 21
    assert "user id" not in made
