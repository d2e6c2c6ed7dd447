"""The wheel holds all that the checkout has: the code, the sample, the gazetteer, the map."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from spread import samples

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*build, "-w", folder, ROOT], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_every_source_file(installed: Path) -> None:
    def sources(package: Path) -> set[str]:
        return {str(file.relative_to(package)) for file in package.rglob("*.py")}

    shipped = {name for name in sources(installed / "spread") if not name.startswith("data/")}
    assert shipped == sources(ROOT / "spread")
    assert (installed / "spread" / "py.typed").is_file()


@pytest.mark.parametrize("name", samples.names())
def test_the_wheel_finds_its_own_data(installed: Path, name: str) -> None:
    code = f"import spread.samples as s; print(s.path({name!r}))"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    run = [sys.executable, "-c", code]
    result = subprocess.run(
        run, cwd=installed, env=environment, check=True, capture_output=True, text=True
    )
    assert Path(result.stdout.strip()).is_relative_to(installed / "spread" / "data")


def test_the_lowest_versions_are_those_that_are_allowed() -> None:
    """Each direct dependency is pinned at its lower bound, or at its first release above it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    bounds = dict(re.match(r"([\w.-]+)(?:\[.*\])?>=([\d.]+)", one).groups() for one in wanted)
    pins = dict(re.findall(r"^([\w.-]+)==([\d.]+)", (ROOT / "tests/lowest.txt").read_text(), re.M))
    assert pins.keys() == bounds.keys()
    assert [n for n in pins if not f"{pins[n]}.".startswith(f"{bounds[n]}.")] == []
