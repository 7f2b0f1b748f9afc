"""The EMD file opens in the program it is for."""

from pathlib import Path

import numpy as np
import py4DSTEM
import pytest

from beamopt.errors import StorageError
from beamopt.measurement import Reconstruction
from beamopt.reconstruct import write_emd
from reconstruct.forward_model import acquisition, exposed


def image() -> Reconstruction:
    phase = np.arange(12, dtype=np.float32).reshape(3, 4) / 10
    transmission = np.exp(1j * phase).astype(np.complex64)
    return Reconstruction(method="icom", transmission=transmission, sampling=(0.9, 1.1), origin=(0.0, 0.5), settings={})


def test_py4dstem_reads_cube_calibration_and_images(tmp_path: Path) -> None:
    setting = acquisition(300.0)
    counts = exposed(setting, (0.9, 1.1), (5, 4), np.random.default_rng(0), height=0.3)
    path = tmp_path / "out.h5"
    write_emd(path, counts, setting, {"icom": image()})
    cube = py4DSTEM.read(path, datapath="beamopt/datacube")
    np.testing.assert_array_equal(cube.data, counts.array)
    assert cube.calibration.get_Q_pixel_size() == pytest.approx(counts.angular_sampling)
    assert cube.calibration.get_Q_pixel_units() == "mrad"
    assert cube.calibration.get_R_pixel_size() == pytest.approx(1.0)
    seen = py4DSTEM.read(path, datapath="beamopt/icom")
    np.testing.assert_allclose(seen.data, np.angle(image().transmission))
    np.testing.assert_allclose(seen.dims[1], 0.5 + 1.1 * np.arange(4))
    assert list(tmp_path.iterdir()) == [path]


def test_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    setting = acquisition(300.0)
    counts = exposed(setting, (1.0, 1.0), (2, 2), np.random.default_rng(0), height=0.3)
    with pytest.raises(StorageError, match="cannot be written"):
        write_emd(tmp_path / "missing" / "out.h5", counts, setting, {})
