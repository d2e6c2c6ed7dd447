"""How many mutants of trees, excitation and text the tests kill: python tests/mutation/mutants.py

Wants mutmut 3 beside the package (`pip install mutmut -e '.[test]'`). mutmut changes no function
that is decorated, and compiled code could not take its changes in: so the project is copied, in
the copy the kernels stand without their decorator, and the tests run them as plain Python. The
slowest tests, which repeat what others say at a larger scale, are left out. Examples in docstrings
kill nothing here.

Without --sample every mutant is run, which takes about an hour on two cores. With it so many are
drawn, and the share that was killed comes with its 95 % interval (Wilson's).
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from spread._intervals import wilson

ROOT = Path(__file__).parents[2]
MUTATED = ("spread/text.py", "spread/trees/*", "spread/excitation/*")
TESTS = ("tests/test_trees.py", "tests/test_excitation.py", "tests/test_excitation_fit.py",
         "tests/test_text.py")  # fmt: skip
TOO_SLOW = (
    "tests/test_excitation_fit.py::test_the_family_that_made_the_delays_is_chosen",
    "tests/test_excitation_fit.py::test_equal_followers_leave_beta_open",
    "tests/test_excitation.py::test_drawn_parents_follow_their_probabilities",
    "tests/test_trees.py::test_structural_virality_of_a_long_chain_exceeds_64_bits",
)
KILLED = {1, 3, -24, -9, 24, 36, 152, 255}
"""Exit codes that mutmut keeps of a mutant that failed a test or met its limit of time."""
FORGET = """

def pytest_sessionstart():
    from spread import text

    text._hashtag_patterns.cache_clear()
"""


def main() -> None:
    """Copy, mutate, run, and print the share killed and the survivors."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sample", type=int, help="how many mutants to run; all by default")
    options.add_argument("--seed", type=int, default=0, help="decides which")
    options.add_argument("--children", type=int, default=os.cpu_count(), help="processes")
    options.add_argument("--folder", type=Path, help="where the copy stands; kept")
    given = options.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="mutation-"))
    if not (folder / "pyproject.toml").exists():
        copy(folder)
    drawn: list[str] = []
    if given.sample:
        run(folder, given.children, ["spread.text.x_one_line__mutmut_1"])
        drawn = random.Random(given.seed).sample(sorted(results(folder)), given.sample)
    run(folder, given.children, drawn)
    report(folder, results(folder), drawn)


def copy(folder: Path) -> None:
    """Copy the project, the kernels without their decorator, and say what mutmut shall do."""
    for name in ("spread", "tests", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    for file in (*folder.glob("spread/trees/*.py"), *folder.glob("spread/excitation/*.py")):
        plain = re.sub(r"^@(?:kernel|compiled)\n", "", file.read_text(), flags=re.MULTILINE)
        file.write_text(plain)
    with (folder / "tests" / "conftest.py").open("a") as file:
        file.write(FORGET)
    arguments = ["-p", "no:cacheprovider", *(f"--deselect={name}" for name in TOO_SLOW)]
    settings = {
        "source_paths": ["spread"],
        "only_mutate": MUTATED,
        "also_copy": ["data", "README.md", "LICENSE"],
        "pytest_add_cli_args": arguments,
        "pytest_add_cli_args_test_selection": TESTS,
        "timeout_multiplier": 3.0,
        "timeout_constant": 2.0,
    }
    with (folder / "pyproject.toml").open("a") as file:
        file.write("\n[tool.mutmut]\n")
        file.writelines(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())


def run(folder: Path, children: int, names: list[str]) -> None:
    """Run mutmut on the mutants named, or on all."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children), *names]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with (folder / "log").open("w") as log:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdout=log, stderr=log, check=False
        )
    if done.returncode:
        sys.exit((folder / "log").read_text()[-3000:])


def results(folder: Path) -> dict[str, int | None]:
    """Return the exit code of each mutant, None where it was not run."""
    found = {}
    for file in sorted(folder.glob("mutants/spread/**/*.meta")):
        found |= json.loads(file.read_text())["exit_code_by_key"]
    return found


def report(folder: Path, codes: dict[str, int | None], drawn: list[str]) -> None:
    """Print what was killed, and what each survivor changes."""
    chosen = drawn or sorted(codes)
    survivors = [name for name in chosen if codes[name] not in KILLED]
    for name in survivors:
        show = [sys.executable, "-m", "mutmut", "show", name]
        changed = subprocess.check_output(show, cwd=folder, text=True)
        lines = [x for x in changed.splitlines() if re.match(r"[-+](?![-+])", x)]
        print(name, *lines, sep="\n")
    killed = len(chosen) - len(survivors)
    low, high = wilson(killed, len(chosen))
    print(
        f"killed {killed} of {len(chosen)}, {killed / len(chosen):.1%} ({low:.1%} to {high:.1%});"
    )
    print(f"there are {len(codes)} mutants in all")


if __name__ == "__main__":
    main()
