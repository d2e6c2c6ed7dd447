"""README, environment and citation say what is true of the project."""

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import spread

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "ibis-framework": "ibis-duckdb",
    "igraph": "python-igraph",
}


def bounds(requirements: list[str]) -> dict[str, str]:
    parted = [re.fullmatch(r"([\w-]+)(?:\[.*\])?(>=.+)?", each) for each in requirements]
    return {match[1]: match[2] or "" for match in parted if match}


def test_the_conda_environment_names_the_same_packages() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    named = bounds([d for d in environment["dependencies"] if isinstance(d, str) and d != "pip"])
    extras = PROJECT["optional-dependencies"]["notebook"]
    declared = bounds([*PROJECT["dependencies"], *extras])
    expected = {CONDA_NAMES.get(name, name): bound for name, bound in declared.items()}
    assert named == expected | {"python": PROJECT["requires-python"]}


def test_the_versions_agree() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["version"] == citation["version"] == spread.__version__


def test_readme_opens_with_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)\n```", text, re.DOTALL)
    assert blocks[:2] == [
        "python -m pip install -e . && python -m spread.cascade",
        "python -m pip install -e '.[test]' && python -m pytest",
    ]


def test_readme_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_everything_the_tests_need_is_in_the_extra() -> None:
    everything = PROJECT["optional-dependencies"]["all"]
    assert everything == ["spread[docs,export,infomap,large,lexicon,notebook,spark,test]"]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The API reference, built as the README says, with every warning an error."""
    out = tmp_path_factory.mktemp("api")
    command = [sys.executable, "-W", "error", "-m", "pdoc", "-d", "numpy", "-o", str(out), "spread"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return out


@pytest.mark.parametrize("room", spread.__all__)
def test_the_reference_shows_every_public_name(reference: Path, room: str) -> None:
    page = (reference / "spread" / f"{room}.html").read_text(encoding="utf-8")
    shown = set(re.findall(r'id="([\w.]+)"', page))
    assert set(importlib.import_module(f"spread.{room}").__all__) <= shown


def test_the_pages_on_extending_name_files_that_are_there() -> None:
    for page in sorted((ROOT / "docs").glob("adding-*.md")):
        named = re.findall(r"`((?:spread|tests|docs)/[\w./*-]+)`", page.read_text("utf-8"))
        assert named, page.name
        assert [name for name in named if not list(ROOT.glob(name))] == []
