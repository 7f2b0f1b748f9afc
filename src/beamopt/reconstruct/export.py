"""A noisy 4D cube and its images as one EMD file, the format that py4DSTEM reads and writes."""

from collections.abc import Mapping
from pathlib import Path

import emdfile
import numpy as np

from beamopt.acquisition import Acquisition
from beamopt.errors import StorageError
from beamopt.measurement import Counts, Reconstruction

__all__ = ["write_emd"]


def write_emd(path: Path, counts: Counts, acquisition: Acquisition, images: Mapping[str, Reconstruction]) -> None:
    """Write a cube and the images made from it; an existing file is replaced when the new one is complete.

    `py4DSTEM.read` gives a calibrated ``DataCube`` for ``datacube`` and an array of phases [rad] per method.

    Parameters
    ----------
    path
        File to write, ``.h5`` or ``.emd``.
    counts
        The noisy cube.
    acquisition
        The setting, kept as metadata.
    images
        Reconstructions by method.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    from py4DSTEM import DataCube  # noqa: PLC0415 (see `dispatch`)

    cube = DataCube(data=counts.array, name="datacube")
    root = cube.root
    root.name = "beamopt"
    cube.calibration.set_R_pixel_size(float(np.mean(counts.scan_sampling)))
    cube.calibration.set_R_pixel_units("A")
    cube.calibration.set_Q_pixel_size(counts.angular_sampling)
    cube.calibration.set_Q_pixel_units("mrad")
    knobs = {name: float(getattr(acquisition, name)) for name in Acquisition.knobs()}
    steps = {"scan_sampling_x": counts.scan_sampling[0], "scan_sampling_y": counts.scan_sampling[1]}
    root.metadata = emdfile.Metadata(name="acquisition", data=knobs | steps)
    for method, image in images.items():
        dims = [
            float(o) + s * np.arange(n)
            for o, s, n in zip(image.origin, image.sampling, image.transmission.shape, strict=True)
        ]
        phase = np.angle(image.transmission).astype(np.float32)
        root.tree(emdfile.Array(phase, name=method, units="rad", dims=dims, dim_units=["A", "A"]))
    part = path.with_name(f".{path.name}.part.h5")
    try:
        emdfile.save(str(part), root, mode="o")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(f"{path}: cannot be written, {error.strerror or error}; choose another place") from None
