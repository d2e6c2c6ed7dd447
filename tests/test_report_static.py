"""Figures as files: vectors, no network, one line where no browser is found."""

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import invented
import kaleido
import pytest
from choreographer.errors import ChromeNotFoundError
from conftest import absent

from spread import figures, report
from spread._errors import OutputError, UsageError
from spread.report import _static
from spread.report._pictures import pictures


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every figure of a hostile study as SVG, and one as PDF and PNG."""
    if shutil.which("chromium") is None:
        absent("chromium is not installed")
    folder = tmp_path_factory.mktemp("static")
    report.write_static(invented.hostile(), folder, formats=["svg"])
    tables = invented.tables()
    _static.export({"seeds": figures.seeds(tables["seeds"])}, folder, ["png"])
    named = figures.family(tables["members"], tables["links"], root="mynypd")
    _static.export({"family": named}, folder, ["pdf"])
    return folder


@pytest.mark.parametrize("name", pictures(invented.study()))
def test_a_static_figure_is_a_vector(written: Path, name: str) -> None:
    svg = (written / f"{name}.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "<image" not in svg
    assert "(synthetic data)" in svg


def test_a_pdf_holds_no_picture_of_pixels(written: Path) -> None:
    """Nor around its names: what is blurred would be one."""
    pdf = (written / "family.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/Subtype /Image" not in pdf


def test_the_outline_of_the_world_is_drawn_without_a_network(written: Path) -> None:
    svg = (written / "map.svg").read_text(encoding="utf-8")
    land = re.findall(r'<path class="[^"]*"? ?d="([^"]{2000,})"', svg) or re.findall(
        r' d="([^"]{2000,})"', svg
    )
    assert land


def test_a_static_figure_is_inert(written: Path) -> None:
    """Payloads stand in it as text: no script, no handler, no link."""
    for page in written.glob("*.svg"):
        for node in ElementTree.parse(page).iter():
            name = node.tag.rpartition("}")[2].lower()
            assert name not in {"script", "foreignobject", "a", "iframe", "image"}, page
            keys = {key.rpartition("}")[2].lower() for key in node.attrib}
            assert not {key for key in keys if key.startswith("on") or key == "href"}, page


def test_a_png_has_twice_the_pixels(written: Path) -> None:
    head = (written / "seeds.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(head[16:20]) == 2000


def test_an_unknown_format_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="got 'gif'; allowed: svg, pdf, png"):
        report.write_static(invented.study(), tmp_path, formats=["svg", "gif"])
    assert list(tmp_path.iterdir()) == []


def test_without_a_browser_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def none(**_: object) -> None:
        raise ChromeNotFoundError

    monkeypatch.setattr(kaleido, "Kaleido", none)
    with pytest.raises(report.MissingBrowserError, match=r"no browser.*Install one") as raised:
        report.write_static(invented.study(), tmp_path)
    assert isinstance(raised.value, OutputError)
    assert len(str(raised.value).splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_without_kaleido_one_line_says_what_to_install() -> None:
    assert "pip install 'spread[export]'" in str(_static._explained(ImportError("kaleido")))


def test_a_browser_that_fails_is_one_line() -> None:
    assert str(_static._explained(RuntimeError("gone\nwith more"))) == (
        "the browser could not draw a figure: got gone"
    )
