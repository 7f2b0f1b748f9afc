"""Counts as py4DSTEM takes them; signs, units and axis order already agree."""

from dataclasses import replace
from typing import Any

import numpy as np
from py4DSTEM import DataCube

from beamopt.measurement import Counts

__all__ = ["KNOWN_GEOMETRY", "as_datacube", "camera_centre", "padded"]

KNOWN_GEOMETRY: dict[str, Any] = {
    "force_com_rotation": 0,
    "force_com_transpose": False,
    "plot_center_of_mass": None,
    "plot_rotation": False,
}
"""Preprocessing arguments that say: the camera is neither rotated nor transposed, and nothing is plotted."""


def as_datacube(counts: Counts) -> DataCube:
    """py4DSTEM's `DataCube` with both calibrations set, sharing the counts' memory.

    py4DSTEM knows one scan step for both axes; where the axes differ, the positions are passed beside it.
    """
    cube = DataCube(counts.array)
    cube.calibration.set_R_pixel_size(counts.scan_sampling[0])
    cube.calibration.set_R_pixel_units("A")
    cube.calibration.set_Q_pixel_size(counts.angular_sampling)
    cube.calibration.set_Q_pixel_units("mrad")
    return cube


def padded(counts: Counts, pixels: int) -> Counts:
    """The same counts on a wider camera, dark where nothing was measured.

    Parameters
    ----------
    counts
        Of a camera with an even number of pixels along each side.
    pixels
        Of the wider one, even.
    """
    rim = (pixels - counts.array.shape[-1]) // 2
    return replace(counts, array=np.pad(counts.array, ((0, 0), (0, 0), (rim, rim), (rim, rim)))) if rim else counts


def camera_centre(counts: Counts) -> dict[str, Any]:
    """Arguments that pin the centre of every pattern to index ``n // 2``.

    Without them py4DSTEM fits the measured centres of mass and shifts every pattern by the fit, which at low dose is
    noise and in a thick crystal the specimen's own signal.
    """
    rows, columns, pixels, _ = counts.array.shape
    centre = np.full((rows, columns), pixels // 2, dtype=np.float32)
    return {"force_com_shifts": (centre, centre), "force_com_measured": (centre, centre)}
