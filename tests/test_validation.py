"""The validation table: marks are met where the raw data are, and a case without its data says so and spoils no page."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from interdep.models.equilibrium.base import Base, as_world, balanced, base_of
from interdep.units import Money
from made_worlds import ROOT, shared

VALIDATION = ROOT / "validation"
NEEDS = {
    "cp15": "data/caliendo_parro_1993/trade.parquet",
    "gains_from_trade": "data/wiod2013/wiot_2008.npz",
    "hidden_exposure": "data/wiod2013/wiot_2011.npz",
    "russian_energy": "data/wiod2013/wiot_2008.npz",
    "sanctions": "data/wiod2013/wiot_2011.npz",
}


@pytest.fixture
def validation(monkeypatch: pytest.MonkeyPatch):
    """What `python validation/run.py` sees, with the raw data in their usual place."""
    monkeypatch.syspath_prepend(str(VALIDATION))
    monkeypatch.delenv("INTERDEP_DATA", raising=False)
    spec = importlib.util.spec_from_file_location("validation_run", VALIDATION / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_every_mark_is_met(validation, name):
    shared(NEEDS[name])
    rows = importlib.import_module(f"{name}.case").rows()
    marked = [row for row in rows if row.verdict in ("pass", "miss")]
    assert len(marked) >= 2
    assert [row for row in marked if row.verdict == "miss"] == []
    assert {row.verdict for row in rows} <= {"pass", "stated"}


def test_nafta_has_twelve_printed_figures_with_and_without_deficits(validation):
    published = importlib.import_module("cp15.case").published()
    table = [(row["table"], row["economy"], row["quantity"]) for row in published if row["source"] != "abstract"]
    assert len(set(table)) == len(table) == 24
    assert {economy for _, economy, _ in table} == {"MEX", "CAN", "USA"}


def test_a_printed_figure_is_met_digit_by_digit(validation):
    as_printed = importlib.import_module("cp15.case").as_printed
    assert as_printed(-0.41177, "-0.412") == "-0.412"
    assert as_printed(1.31211, "1.31") == "1.31"
    assert as_printed(1.3151, "1.31") == "1.32"
    assert as_printed(118.28, "118") == "118"


def test_without_raw_data_a_case_is_skipped_and_its_page_stays(validation, tmp_path, monkeypatch, capsys):
    case = importlib.import_module("hidden_exposure.case")
    case.measured.cache_clear()
    monkeypatch.setenv("INTERDEP_DATA", str(tmp_path))
    page = tmp_path / "validation.md"
    monkeypatch.setattr(validation, "PAGE", page)
    needs = "skipped: needs wiod2013/wiot_2011.npz in the folder that the environment variable INTERDEP_DATA names"
    assert validation.main(["hidden_exposure"]) == 0
    assert needs in capsys.readouterr().out
    assert f"## {case.TITLE}\n" in page.read_text(encoding="utf-8")
    assert needs in page.read_text(encoding="utf-8")
    kept = f"# Validation\n\n## {case.TITLE}\n\nmade where the data were\n"
    page.write_text(kept, encoding="utf-8")
    assert validation.main(["hidden_exposure"]) == 0
    assert page.read_text(encoding="utf-8").endswith("made where the data were\n")
    assert validation.main(["hidden_exposur"]) == 1
    assert "there is no case 'hidden_exposur'" in capsys.readouterr().err


def test_a_page_is_read_back_by_its_titles(validation):
    parts = {"One: first (2001)": "text\n\n| a |\n|---|\n", "Two": "more\n"}
    text = validation.HEAD + "\n".join(f"## {title}\n\n{body}" for title, body in parts.items())
    assert validation.parts_of(text) == parts


def made(rng: np.random.Generator, kinds: int) -> Base:
    """Three economies, two products, duties, one pair without trade; each buyer's own shares, or common ones."""
    products, regions = 2, 3
    shares = rng.uniform(0.2, 1, (products, regions, regions, kinds))
    shares[0, 0, 1] = 0.0
    inputs = rng.uniform(0.2, 1, (products, regions, products + 1))
    duties = rng.uniform(0, 0.3, (products, regions, regions)) * (1 - np.eye(regions))
    spending = rng.uniform(50, 100, regions)
    nothing = np.ones((products, regions))
    return balanced(
        Base(shares / shares.sum(axis=1, keepdims=True), inputs / inputs.sum(axis=0), rng.uniform(0.3, 0.6, (regions, products)),
             100 * nothing, nothing.T, spending, np.zeros(regions), duties)
    )  # fmt: skip


@pytest.mark.parametrize(("form", "kinds"), [("own", 3), ("common", 1)])
@pytest.mark.parametrize("with_duties", [True, False])
def test_the_world_of_a_benchmark_has_that_benchmark(form, kinds, with_duties):
    base = made(np.random.default_rng(3), kinds)
    if not with_duties:
        base = balanced(replace(base, duties=None))
    world = as_world(base, "made", Money("USD", 1993), ("USA", "MEX", "CAN"), ("goods", "services"))
    again = base_of(world, form)
    for name in ("shares", "inputs", "own_factors", "output", "factors", "spending", "deficit"):
        np.testing.assert_allclose(getattr(again, name), getattr(base, name), rtol=1e-10, atol=1e-11, err_msg=name)
    assert again.moved == ()
    if with_duties:
        np.testing.assert_array_equal(world.duties, base.duties)
    else:
        assert world.duties is None
    # By hand: what the first buyer of the second economy pays for the second product of the first, duties taken off.
    spent = base.inputs[1, 1, 0] * (1 - base.own_factors[1, 0]) * base.output[0, 1] * base.shares[1, 0, 1, 0]
    rate = base.duties[1, 0, 1] if base.duties is not None else 0.0
    assert world.intermediate[1, 2] == pytest.approx(spent / (1 + rate), rel=1e-12)
    # Spending less factor income less duties is what an economy buys abroad more than it sells, before duties.
    flows = world.intermediate.reshape(3, 2, 3, 2).sum(axis=(1, 3)) + world.final_use.reshape(3, 2, 3).sum(axis=1)
    np.testing.assert_allclose(base.deficit, flows.sum(axis=0) - flows.sum(axis=1), atol=1e-10)


def test_no_file_of_the_validation_is_long_or_silent():
    files = [*VALIDATION.rglob("*.py")]
    assert len(files) > 10
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 400, file
        assert lines[0].startswith('"""'), file
