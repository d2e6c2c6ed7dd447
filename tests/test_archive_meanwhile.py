"""A reading among others: who reads the tables meanwhile, and who presses Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from invented_archive import lines, put, v1_tweet

from spread import _interrupts, archive
from spread.archive import _serving, _workers
from spread.archive._lock import held

_COUNT = "import sys; from spread import archive; print(archive.open(sys.argv[1]).report.users)"
_COUNT += "; print(len(archive.open(sys.argv[1]).frame('tweets')))"


def test_readers_may_be_open_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process and in another, while tables are made and the archive is locked."""
    known = archive.read(put(tmp_path / "a.jsonl", v1_tweet(1), v1_tweet(2)), to=tmp_path / "a")
    seen = [known.tweets.count().to_pyarrow().as_py()]
    whole_run = _serving.read

    def run(job: _workers.Job, on_bytes: Callable[[int], object]) -> dict[str, object]:
        done = whole_run(job, on_bytes)
        seen.append(known.tweets.count().to_pyarrow().as_py())
        argv = [sys.executable, "-c", _COUNT, str(known.path)]
        seen.extend(map(int, subprocess.check_output(argv).split()))
        return done

    monkeypatch.setattr(_serving, "read", run)
    with held(tmp_path / ".a.lock"):
        archive.read(put(tmp_path / "b.jsonl", v1_tweet(3)), to=tmp_path / "b", workers=1)
    assert seen == [2, 2, 1, 2]


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes")
def test_ctrl_c_at_the_shell_ends_a_reading_and_its_workers(tmp_path: Path) -> None:
    """Sent to all of them, as a terminal does; the two seconds are those of `_interrupts`."""
    (tmp_path / "long.jsonl").write_bytes(lines(v1_tweet(1)) * 200_000)
    argv = [sys.executable, "-m", "spread.archive", "read", str(tmp_path / "long.jsonl")]
    argv += ["--to", str(tmp_path / "out"), "--workers", "2", "--quiet"]
    with subprocess.Popen(
        argv, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as command:
        while command.poll() is None and not list(tmp_path.glob(".out.*.part/parts/*")):
            time.sleep(0.02)
        os.killpg(command.pid, signal.SIGINT)
        _, told = command.communicate(timeout=60)
    nothing = f"spread: interrupted; nothing stands at {tmp_path / 'out'} yet: the same command "
    assert told == f"{nothing}goes on from the files that were read to their ends\n"
    assert command.returncode == _interrupts.INTERRUPTED
    assert _interrupts._PATIENCE_S < 2
    assert not (tmp_path / "out").exists()
    assert _have_ended(command.pid)


def _have_ended(group: int) -> bool:
    """Whether a group of processes has ended; one that was killed may take a moment."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
