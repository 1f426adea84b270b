"""The command `interdep`: finds the command asked for and turns errors into one line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

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
    )
    app.command("interdep.cli.assess:assess", name="assess", help="The main job: everything about a partnership, as a report.")
    app.command("interdep.cli.measure:measure", name="measure", help="Who depends on whom, directly and through the chain.")
    app.command("interdep.cli.run:run", name="run", help="What breaks if a supply stops: library scenarios or your own file.")
    app.command("interdep.cli.compare:compare", name="compare", help="Scenarios or results folders side by side.")
    app.command("interdep.cli.list:list_", name="list", help="What comes with the package: scenarios, tables, groups, parameters.")
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 ok, 1 user error, 2 no result, 3 data missing, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
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
        # The reader of the pipe has gone (`interdep ... | head`); point stdout elsewhere so that closing it is quiet.
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            raise
        return _say(f"this should not happen ({type(error).__name__}: {error}); please report it with the output of --debug", 1)


def _say(sentence: str, code: int) -> int:
    print(f"interdep: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
