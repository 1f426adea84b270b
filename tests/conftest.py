"""What the tests of commands share: a small table as a folder, and a way to run a command in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings

from interdep.cli.main import main
from interdep.testing import small_world
from interdep.world.folder import write_folder

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("interdep", deadline=None)
settings.load_profile("interdep")


@pytest.fixture(scope="session")
def table(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("table") / "small"
    write_folder(small_world(), folder)
    return str(folder)


@pytest.fixture
def called(capsys) -> Callable[..., tuple[int, str, str]]:
    """Runs a command; gives (exit code, stdout, stderr)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return call
