"""README, environment and citation say what is true of the project."""

import re
import tomllib
from pathlib import Path

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
    assert everything == ["spread[lexicon,notebook,test]"]
