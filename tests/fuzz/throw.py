"""Ten minutes of atheris for a target: python tests/fuzz/throw.py records -max_total_time=600

atheris has wheels for Linux from Python 3.12 on: `pip install atheris .` there. The corpus of
the target is read, what is found new is written to a folder beside it only where one is named:
python tests/fuzz/throw.py records /tmp/new tests/fuzz/corpus/records -max_total_time=600
"""

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Fuzz the target that the first argument names; the others are libFuzzer's."""
    import atheris

    name, *given = sys.argv[1:] or ["records"]
    sys.path.insert(0, str(HERE))
    with atheris.instrument_imports(include=["spread.archive", "spread.text", "spread.places"]):
        targets = import_module("targets").TARGETS
    corpus = [] if any(not one.startswith("-") for one in given) else [str(HERE / "corpus" / name)]
    limits = ["-timeout=20", "-rss_limit_mb=2048", "-max_len=4096"]
    atheris.Setup([sys.argv[0], *limits, *given, *corpus], targets[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
