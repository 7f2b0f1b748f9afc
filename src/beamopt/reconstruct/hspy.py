"""A noisy 4D cube and its images as one HyperSpy file, written from its documented layout.

RosettaSciIO, HyperSpy documentation, "HSpy - HyperSpy's HDF5 Specification", version 3.3: one group per signal with
``data``, ``axis-0`` and so on in the order of the array, and ``metadata``. HyperSpy itself is not needed to write it.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.errors import StorageError
from beamopt.measurement import Counts, Reconstruction

__all__ = ["write_hspy"]

_VERSION = "3.3"

Axis = tuple[str, float, float, str, bool]
"""Name, offset, step, unit, and whether it is one to navigate along."""


def write_hspy(path: Path, counts: Counts, acquisition: Acquisition, images: Mapping[str, Reconstruction]) -> None:
    """Write a cube and the images made from it; an existing file is replaced when the new one is complete.

    `hyperspy.api.load` gives a list of signals by title: ``datacube`` with axes ``x``, ``y`` [Å] and ``kx``, ``ky``
    [mrad], the zero angle at 0, and one phase image [rad] per method.

    Parameters
    ----------
    path
        File to write, ``.hspy``.
    counts
        The noisy cube.
    acquisition
        The setting, kept under ``metadata.beamopt.acquisition``.
    images
        Reconstructions by method.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with h5py.File(part, "w") as file:
            file.attrs["file_format"] = "HyperSpy"
            file.attrs["file_format_version"] = _VERSION
            signals = file.create_group("Experiments")
            _cube(signals.create_group("datacube"), counts, acquisition)
            for method, image in images.items():
                _image(signals.create_group(method), method, image)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StorageError(f"{path}: cannot be written, {error.strerror or error}; choose another place") from None


def _cube(group: Any, counts: Counts, acquisition: Acquisition) -> None:  # noqa: ANN401 (h5py has no types)
    """HyperSpy draws the last axis of an array to the right, so y comes before x."""
    dx, dy = counts.scan_sampling
    nkx, nky = counts.array.shape[2:]
    angle = counts.angular_sampling
    axes: list[Axis] = [
        ("y", 0.0, dy, "Å", True),
        ("x", 0.0, dx, "Å", True),
        ("ky", -(nky // 2) * angle, angle, "mrad", False),
        ("kx", -(nkx // 2) * angle, angle, "mrad", False),
    ]
    metadata = _signal(group, counts.array.transpose(1, 0, 3, 2), axes, "datacube", "Electrons")
    settings = metadata.create_group("beamopt/acquisition")
    for name, value in acquisition.named().items():
        settings.attrs[name] = float(value)
    settings.attrs["electrons_per_pattern"] = float(counts.electrons_per_pattern)


def _image(group: Any, method: str, image: Reconstruction) -> None:  # noqa: ANN401
    (x, y), (dx, dy) = image.origin, image.sampling
    axes: list[Axis] = [("y", y, dy, "Å", False), ("x", x, dx, "Å", False)]
    _signal(group, np.angle(image.transmission).astype(np.float32).T, axes, method, "Phase (rad)")


def _signal(group: Any, array: NDArray[Any], axes: list[Axis], title: str, quantity: str) -> Any:  # noqa: ANN401
    group.attrs["package"] = "hyperspy"
    group.attrs["package_version"] = "2.0"
    chunks = (1,) * (array.ndim - 2) + array.shape[-2:]
    group.create_dataset("data", data=array, chunks=chunks, compression="gzip", compression_opts=1)
    for number, (name, offset, step, unit, navigate) in enumerate(axes):
        attributes = group.create_group(f"axis-{number}").attrs
        attributes["_type"] = "UniformDataAxis"
        attributes["name"], attributes["units"] = name, unit
        attributes["offset"], attributes["scale"] = float(offset), float(step)
        attributes["size"], attributes["navigate"], attributes["is_binned"] = array.shape[number], navigate, False
    signal = group.create_group("attributes").attrs
    signal["_lazy"], signal["ragged"] = False, False
    for name in ("learning_results", "original_metadata"):
        group.create_group(name)
    metadata = group.create_group("metadata")
    metadata.create_group("General").attrs["title"] = title
    described = metadata.create_group("Signal").attrs
    described["signal_type"], described["quantity"] = "", quantity
    return metadata
