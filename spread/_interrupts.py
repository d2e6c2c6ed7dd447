"""Ctrl-C in a command: one line and the end within two seconds, whatever is under way."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final

__all__ = [
    "INTERRUPTED",
    "asked_to_end",
    "done",
    "end_at_once",
    "end_now",
    "end_soon",
    "is_command",
]

INTERRUPTED: Final = 130
_PATIENCE_S: Final = 1.2
_asked = threading.Event()


def is_command() -> bool:
    """Whether `python -m spread.…` is being loaded, rather than imported by somebody's program.

    Examples
    --------
    >>> is_command()
    False
    """
    # While a package is loaded for -m, before its __main__ runs, the first argument is "-m".
    asked = sys.orig_argv[sys.orig_argv.index("-m") + 1 :] if "-m" in sys.orig_argv else []
    return sys.argv[:1] == ["-m"] and bool(asked) and asked[0].startswith("spread.")


def end_at_once() -> None:
    """End the program at Ctrl-C with one line; nothing is being written that has to be undone."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _end)


def end_soon(last_words: Callable[[], str]) -> None:
    """Raise KeyboardInterrupt at Ctrl-C, so that drafts are taken away; but end soon in any case.

    Compiled code notices Ctrl-C only once it returns, and threads are waited for. Whoever has
    not ended by itself is ended from a thread that waits for the signal; `last_words` then
    gives the line to be told. Only where `end_at_once` was called: in a program of somebody
    else's signals are left alone.
    """
    if signal.getsignal(signal.SIGINT) is not _end:
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reading, last_words), daemon=True).start()
    signal.signal(signal.SIGINT, _raise)


def end_now(line: str) -> int:
    """Tell a line and, in a command, end without waiting for threads; else return the code."""
    print(f"spread: {line}", file=sys.stderr, flush=True)
    if signal.getsignal(signal.SIGINT) is _raise:
        _kill_children()
        os._exit(INTERRUPTED)
    return INTERRUPTED


def done() -> None:
    """Take no notice of Ctrl-C any more: the command is done, and Python is being put away."""
    if signal.getsignal(signal.SIGINT) is _raise:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)


def asked_to_end() -> bool:
    """Whether Ctrl-C was pressed: what fails from then on fails for that."""
    return _asked.is_set()


def _end(_number: int, _frame: FrameType | None) -> None:
    os.write(2, b"spread: interrupted before anything was written\n")
    os._exit(INTERRUPTED)


def _raise(_number: int, _frame: FrameType | None) -> None:
    if not _asked.is_set():
        _asked.set()
        # Raised inside a callback of compiled code it cannot be passed on: the watch ends it then.
        sys.unraisablehook = _say_nothing
        raise KeyboardInterrupt


def _say_nothing(_: object) -> None:
    pass


def _watch(reading: int, last_words: Callable[[], str]) -> None:
    while signal.SIGINT not in os.read(reading, 1):
        pass
    time.sleep(_PATIENCE_S)
    _kill_children()
    with contextlib.suppress(OSError):
        os.write(2, f"spread: {last_words()}\n".encode())
    os._exit(INTERRUPTED)


def _kill_children() -> None:
    """Kill the processes that this one started, where the system tells which they are."""
    for file in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError, ValueError):
            for child in file.read_text().split():
                os.kill(int(child), signal.SIGKILL)
