"""The HyperSpy file opens in HyperSpy, calibrated, x to the right."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from beamopt.errors import StorageError
from beamopt.reconstruct import write_hspy
from reconstruct.forward_model import acquisition, exposed
from reconstruct.test_reconstruct_export import image


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, np.ndarray]:
    setting = acquisition(300.0)
    counts = exposed(setting, (0.9, 1.1), (5, 4), np.random.default_rng(0), height=0.3)
    path = tmp_path / "out.hspy"
    write_hspy(path, counts, setting, {"icom": image()})
    assert list(tmp_path.iterdir()) == [path]
    return path, counts.array


def test_hyperspy_reads_cube_and_image(written: tuple[Path, np.ndarray]) -> None:
    hyperspy = pytest.importorskip("hyperspy.api")
    path, array = written
    signals = {signal.metadata.General.title: signal for signal in hyperspy.load(path)}
    cube = signals["datacube"]
    assert type(cube).__name__ == "Signal2D"
    np.testing.assert_array_equal(cube.inav[3, 1].data, array[3, 1].T)
    axes = {axis.name: axis for axis in cube.axes_manager._axes}
    assert (axes["x"].scale, axes["y"].scale, axes["x"].units) == (0.9, 1.1, "Å")
    assert (axes["kx"].value2index(0.0), axes["kx"].units) == (array.shape[2] // 2, "mrad")
    assert cube.metadata.beamopt.acquisition.defocus == 300.0
    np.testing.assert_allclose(signals["icom"].data.T, np.angle(image().transmission))
    assert signals["icom"].axes_manager["y"].offset == 0.5


def test_the_layout_is_the_documented_one(written: tuple[Path, np.ndarray]) -> None:
    """RosettaSciIO's specification 3.3, for machines without HyperSpy."""
    path, array = written
    with h5py.File(path) as file:
        assert (file.attrs["file_format"], file.attrs["file_format_version"]) == ("HyperSpy", "3.3")
        cube = file["Experiments/datacube"]
        np.testing.assert_array_equal(cube["data"][:], array.transpose(1, 0, 3, 2))
        axes = [dict(cube[f"axis-{number}"].attrs) for number in range(4)]
        assert [axis["name"] for axis in axes] == ["y", "x", "ky", "kx"]
        assert [axis["units"] for axis in axes] == ["Å", "Å", "mrad", "mrad"]
        assert [bool(axis["navigate"]) for axis in axes] == [True, True, False, False]
        assert [axis["size"] for axis in axes] == list(cube["data"].shape)
        for axis in axes[2:]:
            assert axis["offset"] + axis["scale"] * (axis["size"] // 2) == pytest.approx(0.0, abs=1e-12)
        assert cube["metadata/Signal"].attrs["signal_type"] == ""
        shown = file["Experiments/icom"]
        assert (shown["axis-0"].attrs["offset"], shown["axis-1"].attrs["scale"]) == (0.5, 0.9)


def test_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    setting = acquisition(300.0)
    counts = exposed(setting, (1.0, 1.0), (2, 2), np.random.default_rng(0), height=0.3)
    with pytest.raises(StorageError, match="cannot be written"):
        write_hspy(tmp_path / "missing" / "out.hspy", counts, setting, {})
