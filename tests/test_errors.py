"""One line for a user: what, got, allowed, next step."""

import pytest

from spread._errors import InputError, MissingColumnError, OutputError, SpreadError, UsageError
from spread._random import resolve_seed


def test_a_message_says_what_got_allowed_and_next_step() -> None:
    error = SpreadError("unknown method", got="'x'", allowed="a, b", hint="Choose one of them")
    assert str(error) == "unknown method: got 'x'; allowed: a, b. Choose one of them"


def test_a_message_may_be_short() -> None:
    assert str(InputError("the archive is empty")) == "the archive is empty"


@pytest.mark.parametrize("kind", [UsageError, MissingColumnError, InputError, OutputError])
def test_every_error_is_a_spread_error(kind: type[SpreadError]) -> None:
    assert issubclass(kind, SpreadError)


def test_an_echo_is_short_and_in_one_line() -> None:
    told = str(UsageError("no such tag", got="x\n" * 5000, hint="Look\x1b[31m"))
    assert told.isprintable()
    assert len(told) < 250


def test_an_echo_keeps_its_end() -> None:
    told = str(OutputError("a file cannot be written", got="/" + "x" * 300 + " (No space left)"))
    assert told.endswith("(No space left)")


def test_a_notebook_shows_the_line_that_asked_and_no_traceback() -> None:
    with pytest.raises(UsageError) as refused:
        resolve_seed(-1)
    line, told = refused.value._render_traceback_()
    assert line.endswith(": resolve_seed(-1)")
    assert told == f"UsageError: {refused.value}"
