"""Imports are cheap and only go down the rooms; every public name lives where it is said to and says what it is."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import interdep
from interdep.parameter import HOLDERS, parameters_of

SOURCE = Path(interdep.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))

# Ground floor first: a room may import rooms on lower floors, and itself. Rooms on one floor do not know each other.
FLOORS = (
    ("errors",),
    ("units", "provenance"),
    ("store",),
    ("tables",),
    ("parameter", "geography"),
    ("classifications",),
    ("figures",),
    ("world",),
    ("trade",),
    ("sources",),
    ("shocks",),
    ("models",),
    ("dependence",),
    ("responses",),
    ("agreement",),
    ("partnership",),
    ("briefing",),
    ("assessment",),
    ("cli",),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# The front door and the contract for models may open every room, but only when asked (never at their import).
OUTSIDE = ("__init__", "__main__", "testing")


def room_of(file: Path) -> str:
    return file.relative_to(SOURCE).with_suffix("").parts[0]


def imports_of(file: Path) -> list[tuple[int, str]]:
    """(line, room) of every import of this package in a file, inside functions too."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}, line {node.lineno}: imports are absolute in this package"
            names = [f"interdep.{a.name}" for a in node.names] if node.module == "interdep" else [node.module or ""]
        found += [(node.lineno, name.split(".")[1]) for name in names if name.startswith("interdep.")]
    return found


def loaded_by(code: str) -> set[str]:
    """Top-level packages in a fresh interpreter after some code."""
    text = f"import sys\n{code}\nprint('loaded:', *sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", text], capture_output=True, text=True, check=True)
    return set(done.stdout.rsplit("loaded:", 1)[1].split())


HEAVY = {"numpy", "pandas", "xarray", "polars", "scipy", "vl_convert", "pydantic", "pyarrow"}


@pytest.mark.parametrize(
    "code",
    [
        "import interdep",
        "from interdep.cli.main import main; main(['--help'])",
        "from interdep.cli.main import main; main(['--version'])",
    ],
)
def test_importing_and_asking_for_help_load_nothing_heavy(code):
    assert not loaded_by(code) & HEAVY


def test_every_module_imports_without_the_heavy_libraries_that_only_some_questions_need():
    names = ["interdep." + ".".join(f.relative_to(SOURCE).with_suffix("").parts) for f in FILES]
    code = "\n".join(f"import {name.removesuffix('.__init__')}" for name in names if not name.endswith("__main__"))
    assert not loaded_by(code) & {"pandas", "xarray", "polars", "scipy", "vl_convert", "pyarrow", "pymrio"}


def test_every_room_has_its_floor():
    assert {room_of(file) for file in FILES} - set(OUTSIDE) <= set(FLOOR)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_imports_only_go_down(file):
    here = room_of(file)
    if here in OUTSIDE:
        return
    wrong = [
        f"line {line}: {here} imports {there}"
        for line, there in imports_of(file)
        if there != here and FLOOR.get(there, len(FLOORS)) >= FLOOR[here]
    ]
    assert not wrong


def test_the_check_of_imports_sees_those_inside_functions_and_of_whole_modules(tmp_path):
    file = tmp_path / "module.py"
    file.write_text(
        "def f():\n    from interdep.cli import main\n    import interdep.models.run\nfrom interdep import shocks\n"
    )
    assert sorted(imports_of(file)) == [(2, "cli"), (3, "models"), (4, "shocks")]


# Public names


def test_the_public_names_are_those_with_a_room_and_the_version():
    assert sorted(interdep.__all__) == sorted([*interdep.ROOMS, "__version__"])
    assert dir(interdep) == sorted(interdep.__all__)


@pytest.mark.parametrize("name", interdep.ROOMS)
def test_a_public_name_lives_in_its_room_and_says_what_it_is(name):
    value = getattr(interdep, name)
    room = f"interdep.{interdep.ROOMS[name]}"
    assert value is getattr(importlib.import_module(room), name)
    # A room may be a folder whose door (`__init__`) shows what lies in a file inside.
    assert value.__module__ == room or value.__module__.startswith(room + ".")
    written = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
    assert written


def test_what_a_type_checker_sees_is_what_there_is():
    body = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8")).body
    checked = next(node for node in body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module for node in checked.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert set(seen) == set(interdep.ROOMS)
    for name, module in seen.items():
        assert getattr(importlib.import_module(str(module)), name) is getattr(interdep, name)


def test_a_name_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(AttributeError, match="module 'interdep' has no attribute 'mesure'; did you mean 'measure'"):
        interdep.mesure  # noqa: B018


def test_every_class_with_parameters_is_listed():
    found = set()
    for info in pkgutil.walk_packages([str(SOURCE)], "interdep."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        own = {name: v for name, v in vars(module).items() if inspect.isclass(v) and v.__module__ == info.name}
        found |= {
            f"{info.name}:{n}" for n, value in own.items() if dataclasses.is_dataclass(value) and parameters_of(value)
        }
    assert found == set(HOLDERS)
    assert found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_a_file_says_what_it_is_for_and_is_no_longer_than_four_hundred_lines(file):
    text = file.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 400


def test_every_public_class_and_function_in_the_package_has_a_docstring():
    bare = []
    for file in FILES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for node in [*tree.body, *(inner for each in classes if not each.name.startswith("_") for inner in each.body)]:
            named = isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_")
            if named and not ast.get_docstring(node):
                bare.append(f"{file.relative_to(SOURCE)}: {node.name}")
    assert not bare


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_the_package_knows_no_machine_and_reads_as_utf8_with_unix_line_ends(file):
    content = file.read_bytes()
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    for place in (b"/home/", b"/work/", b"/tmp/", b"/root/"):
        assert place not in content
