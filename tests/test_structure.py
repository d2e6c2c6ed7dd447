"""The arrows of the architecture, and the habits of the public surface."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import spread

PACKAGE = Path(spread.__file__).parent

FLOOR = {
    "_arguments", "_errors", "_random", "_compile", "_intervals", "_interrupts", "_folders",
    "_distinct", "_schemas", "_written",
}  # fmt: skip
LAYERS = [
    FLOOR,
    {"text"},
    {"tables", "trees"},
    {"excitation"},
    {"archive", "scenario", "graphs"},
    {"samples"},
    {
        "communities",
        "cascade",
        "seeds",
        "hijack",
        "hashtags",
        "places",
        "coordination",
        "diffusion",
        "hawkes",
    },
    {"figures"},
    {"study"},
    {"report"},
    {"cli"},
]
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
SAME_LEVEL_ALLOWED = {
    (room, "_errors") for room in ("_arguments", "_random", "_folders", "_written")
}
FIGURES_MAY_IMPORT = FLOOR | {"tables", "trees", "text"}
MAY_IMPORT_FIGURES = {"report", "cli"}
# They count, join or convert: there is no method behind them to be named.
MECHANICAL = {
    *("communities.camps", "coordination.accounts", "graphs.evidence"),
    *("graphs.from_networkx", "graphs.hashtags", "graphs.to_networkx", "hashtags.timeline"),
    *("hashtags.usage", "places.at_home", "places.coverage", "trees.observed"),
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def sources() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or p.stem != "__init__")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "spread":
            rooms |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("spread."):
            rooms.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            rooms |= {a.name.split(".")[1] for a in node.names if a.name.startswith("spread.")}
    return rooms - {room_of(path), "__version__"}


def test_every_room_has_its_place() -> None:
    assert {room_of(path) for path in sources()} == set(LEVEL)


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_run_down(path: Path) -> None:
    room, imports = room_of(path), imported_rooms(path)
    if path.name == "__main__.py":
        assert imports == {"cli"}
        return
    upward = {
        other
        for other in imports
        if LEVEL[other] >= LEVEL[room] and (room, other) not in SAME_LEVEL_ALLOWED
    }
    assert not upward
    if room == "figures":
        assert imports <= FIGURES_MAY_IMPORT
    if "figures" in imports:
        assert room in MAY_IMPORT_FIGURES


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_stays_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


def public_functions() -> list[tuple[str, object]]:
    found = []
    for room in spread.__all__:
        module = importlib.import_module(f"spread.{room}")
        found += [(f"{room}.{name}", getattr(module, name)) for name in module.__all__]
    return [(name, item) for name, item in found if inspect.isfunction(item)]


@pytest.mark.parametrize(("name", "function"), public_functions(), ids=lambda x: str(x)[:40])
def test_public_functions_keep_the_habits(name: str, function: object) -> None:
    parameters = inspect.signature(function).parameters.values()
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert len(positional) <= 3, f"{name} takes {len(positional)} positional arguments"
    assert all(p.annotation is not p.empty for p in parameters), f"{name} is not annotated"
    assert ">>>" in (function.__doc__ or ""), f"{name} has no example"


def test_methods_name_their_source() -> None:
    analyses = {room for room in LEVEL if LEVEL[room] == LEVEL["cascade"]}
    unnamed = {
        name
        for name, function in public_functions()
        if name.split(".")[0] in analyses | {"graphs", "trees"}
        and "References\n" not in (function.__doc__ or "")
    }
    assert unnamed == MECHANICAL


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("spread", "pandas igraph plotly duckdb numba pyarrow ibis scipy networkx"),
        ("spread.archive", "pandas igraph plotly duckdb numba pyarrow numpy ibis networkx tqdm"),
    ],
)
def test_import_is_light(module: str, heavy: str) -> None:
    code = f"import sys, {module}; print([m for m in {heavy.split()} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
