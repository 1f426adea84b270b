"""The command `interdep`: finds the command asked for and turns errors into one line and an exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cyclopts import App, CycloptsError

from interdep.errors import InterdepError
from interdep.provenance import VERSION

INTERRUPTED = 130


def build() -> App:
    """The command line. Commands are named, not imported, so that `--help` stays quick."""
    app = App(
        name="interdep",
        version=VERSION,
        help="Who depends on whom, what breaks when a supply stops, and what a partnership changes.",
        suppress_keyboard_interrupt=False,  # `main` says what an interruption means
    )
    app.command(
        "interdep.cli.assess:assess", name="assess", help="The main job: everything about a partnership, as a report."
    )
    app.command(
        "interdep.cli.measure:measure", name="measure", help="Who depends on whom, directly and through the chain."
    )
    app.command(
        "interdep.cli.run:run", name="run", help="What breaks if a supply stops: library scenarios or your own file."
    )
    app.command("interdep.cli.compare:compare", name="compare", help="Scenarios or results folders side by side.")
    app.command(
        "interdep.cli.respond:respond", name="respond", help="What partners can do together, and what that is worth."
    )
    app.command("interdep.cli.power:power", name="power", help="How much each member's vote counts, and who can block.")
    app.command("interdep.cli.agree:agree", name="agree", help="Who would sign a proposal, and under which exemptions.")
    app.command(
        "interdep.cli.coalitions:coalitions",
        name="coalitions",
        help="What each adds to joint sanctions, and what it costs.",
    )
    app.command("interdep.cli.brief:brief", name="brief", help="The two pages for a minister, out of an assessment.")
    app.command(
        "interdep.cli.partnership:app",
        name="partnership",
        help="The framework of a partnership: commitments, sign-off, status.",
    )
    app.command("interdep.cli.get:get", name="get", help="Bring a publisher's data, from the network or from a file.")
    app.command("interdep.cli.list:list_", name="list", help="What comes with the package.")
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 ok, 1 user error, 2 no result, 3 data missing, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    with _logging(logging.DEBUG if debug else logging.ERROR if "--quiet" in given else logging.WARNING):
        return _run(given, debug)


def _run(given: list[str], debug: bool) -> int:
    try:
        result = build()(given, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except CycloptsError as error:
        return _say(str(error).strip().replace("\n", " "), 1)
    except InterdepError as error:
        if debug:
            raise
        return _say(str(error), error.exit_code)
    except KeyboardInterrupt:
        if debug:
            raise
        return _say("interrupted; what was finished is kept, nothing is half-written", INTERRUPTED)
    except BrokenPipeError:
        # The reader of the pipe has gone (`interdep ... | head`), which is no error.
        _drop_stdout()
        return 0
    except OSError as error:
        if debug:
            raise
        if error.filename is None:
            _drop_stdout()
        return _say(f"cannot read or write {error.filename or 'the output'}: {error.strerror or error}", 1)
    except Exception as error:
        if debug:
            raise
        return _say(
            f"this should not happen ({type(error).__name__}: {error}); please report it with the output of --debug", 1
        )


@contextmanager
def _logging(level: int) -> Iterator[None]:
    """What the package logs goes to stderr, one line each, as long as a command runs."""
    logger, handler = logging.getLogger("interdep"), logging.StreamHandler()
    handler.setFormatter(logging.Formatter("interdep: %(message)s"))
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def _drop_stdout() -> None:
    """Point stdout elsewhere, so that what is left in its buffer is dropped quietly when the program ends."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(sentence: str, code: int) -> int:
    print(f"interdep: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
