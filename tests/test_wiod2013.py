"""The reader of WIOD 2013: labels, balance within printed rounding, the year from the name, broken files named."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from interdep import InputError, MissingData, World
from interdep.sources import wiod2013
from interdep.units import Money
from made_worlds import FLOWS, OUTPUT, USES, shared

ARRAYS = {
    "Z": np.array(FLOWS), "F": np.array(USES).reshape(4, 4), "x": np.array(OUTPUT), "economies": np.array(["ROM", "RoW"]),
    "industries": np.array(["c1", "c2"]), "final_use": np.array(["households", "inventories"]),
}  # fmt: skip


def written(folder: Path, name: str = "wiot_2009.npz", **changes) -> Path:
    """A file in the layout of the release, with arrays changed or (None) left out."""
    kept = {k: v for k, v in {**ARRAYS, **changes}.items() if v is not None}
    np.savez_compressed(folder / name, **kept)
    return folder / name


def refused(sentence: str, path: Path, kind: type = InputError, code: int = 1, **about) -> None:
    with pytest.raises(kind, match=re.escape(sentence)) as caught:
        wiod2013.read(path, **about)
    assert type(caught.value) is kind
    assert caught.value.exit_code == code
    assert "\n" not in str(caught.value)
    assert "allow_pickle" not in str(caught.value)


def test_cells_and_labels_are_those_of_the_file(tmp_path):
    world = wiod2013.read(written(tmp_path))
    assert (world.name, world.money, world.classification) == ("wiod-2013-2009", Money("USD", 2009), "wiod-2013")
    assert (world.economies, world.industries) == (("ROU", "ROW"), ("c1", "c2"))
    np.testing.assert_array_equal(world.intermediate, FLOWS)
    np.testing.assert_array_equal(world.final_use, USES)
    np.testing.assert_array_equal(world.gross_output, OUTPUT)
    assert world.provenance.data_year == 2009
    assert "Timmer" in world.provenance.cite()
    assert world.provenance.steps == ("read from wiot_2009.npz; ROM renamed ROU, RoW renamed ROW",)


def test_rows_may_be_off_by_printed_rounding_and_no_more(tmp_path):
    # Eight printed cells a row: 3 sqrt(8) = 8.49 million.
    assert wiod2013.read(written(tmp_path, x=np.array(OUTPUT) + 8)).gross_output[0] == 108
    refused("4 row(s) do not balance", written(tmp_path, x=np.array(OUTPUT) + 9))


@pytest.mark.parametrize(
    ("name", "year"), [("wiot_1995.npz", 1995), ("wiod2013-2011.npz", 2011), ("WIOT05 2005 東京.npz", 2005)]
)
def test_the_year_is_the_one_of_the_release_in_the_name(tmp_path, name, year):
    assert wiod2013.read(written(tmp_path, name)).year == year


@pytest.mark.parametrize("name", ["wiod.npz", "wiod2013.npz", "wiot_1995_2011.npz", "wiot_20090.npz"])
def test_a_name_without_one_year_is_refused(tmp_path, name):
    path = written(tmp_path, name)
    refused(f"{name} does not name one year of 1995-2011, as wiot_2009.npz does; give year=", path)
    assert wiod2013.read(path, year=2001).year == 2001


def test_a_year_outside_the_release_is_refused(tmp_path):
    refused("wiot_2009.npz: the release holds 1995-2011, not 2014", written(tmp_path), year=2014)


def test_an_absent_file_is_missing_data(tmp_path):
    refused(f"there is no file {tmp_path / 'wiot_2009.npz'}; bring a WIOD 2013 table as .npz, see docs/own-table.md",
            tmp_path / "wiot_2009.npz", MissingData, 3)  # fmt: skip


@pytest.mark.parametrize("name", list(ARRAYS))
def test_an_absent_array_is_named(tmp_path, name):
    refused(f"has no array {name!r}; it has ", written(tmp_path, **{name: None}))


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path, kept):
    path = written(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    refused(f"{path} is not a readable .npz file; is it complete?", path)


def test_damaged_bytes_end_in_a_sentence_and_leave_no_file_open(tmp_path):
    path = written(tmp_path, x=None)
    content = path.read_bytes()
    for place in range(0, len(content), 23):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        with pytest.raises(InputError):  # x is absent, so even a harmless change ends in a sentence
            wiod2013.read(path)


def test_what_is_no_archive_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.array(FLOWS))
    (tmp_path / "wiot_2009.npz").write_bytes((tmp_path / "a.npy").read_bytes())
    refused("is not a readable .npz file; is it complete?", tmp_path / "wiot_2009.npz")
    (tmp_path / "wiot_2010.npz").mkdir()
    refused("wiot_2010.npz is not a readable .npz file (Is a directory); is it complete?", tmp_path / "wiot_2010.npz")


def test_pickled_labels_are_never_loaded(tmp_path):
    refused("is not a readable .npz file", written(tmp_path, economies=np.array(["ROM", "RoW"], dtype=object)))


def test_shapes_that_do_not_fit_the_labels_are_refused(tmp_path):
    refused("Z (3, 3), F (4, 4) and x (4,) do not fit 4 labelled rows", written(tmp_path, Z=np.ones((3, 3))))
    refused(
        "Z (4, 4), F (4, 4) and x (4,) do not fit 6 labelled rows",
        written(tmp_path, industries=np.array(["a", "b", "c"])),
    )


def test_nan_and_doubled_labels_are_refused_as_in_any_table(tmp_path):
    holed = np.array(FLOWS, dtype=float)
    holed[0, 3] = np.nan
    refused(
        "wiod-2013-2009: intermediate has 1 cell(s) that are NaN or infinite: ROU c1 -> ROW c2",
        written(tmp_path, Z=holed),
    )
    refused("economy ROU occurs more than once", written(tmp_path, economies=np.array(["ROM", "ROU"])))


# The release itself


@pytest.fixture(scope="module")
def release() -> World:
    return wiod2013.read(shared("data/wiod2013/wiot_2011.npz"))


def test_the_release_is_a_world_of_41_economies_and_35_industries(release):
    assert release.shape == (41, 35)
    assert {"ROU", "ROW", "DEU", "JPN", "TWN"} <= set(release.economies)
    assert not {"HRV", "CHE", "NOR", "ROM"} & set(release.economies)
    assert release.industries == tuple(f"c{k}" for k in range(1, 36))
    assert (release.intermediate == np.rint(release.intermediate)).all()


@pytest.mark.parametrize(("buyer", "percent"), [("BGR", 73), ("HUN", 82), ("EST", 82)])
def test_russias_share_of_imported_mining_products_is_the_published_one(release, buyer, percent):
    rows = [release.node_index(e, "c2") for e in release.economies if e != buyer]
    bought = release.intermediate[:, release.node_mask([buyer], release.industries)].sum(axis=1)
    assert 100 * bought[release.node_index("RUS", "c2")] / bought[rows].sum() == pytest.approx(percent, abs=1)


def test_the_release_merges_into_blocs_without_losing_a_million(release):
    rest = [e for e in release.economies if e not in ("JPN", "RUS")]
    merged = release.aggregate({"others": rest})
    assert merged.economies == ("others", "JPN", "RUS")
    assert merged.intermediate.sum() == release.intermediate.sum()
    assert merged.gdp[1] == pytest.approx(release.gdp[release.economy_index("JPN")], rel=1e-12)
