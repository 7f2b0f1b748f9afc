"""Images as MLflow shows them: grey, x to the right and y upwards."""

import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["grey", "picture", "sheets"]

_TAILS = (0.5, 99.5)  # per cent; a few hot pixels must not darken the rest
_LEAST = 240  # pixels of the smaller side of a sheet's image, so that a coarse one is not a stamp
_ORDER = ("truth", "phase", "difference", "expected", "counted")


def picture(image: NDArray[np.floating], scale: tuple[float, float] | None = None) -> NDArray[np.uint8]:
    """Eight-bit grey levels of a real image.

    Parameters
    ----------
    image
        ``(x, y)``, any unit; what is not finite is black.
    scale
        Values of black and white; where left out, the half per cent at either end is clipped.

    Returns
    -------
    ndarray
        ``(row, column)``: the first row is the largest y.

    Raises
    ------
    ValueError
        For anything but two axes of real numbers.

    Examples
    --------
    >>> picture(np.array([[0.0, 1.0], [2.0, 4.0]])).tolist()
    [[63, 255], [0, 127]]
    """
    array = np.asarray(image)
    if array.ndim != 2 or array.size == 0 or np.iscomplexobj(array):
        raise ValueError(f"an image has two axes of real numbers, not shape {array.shape} of {array.dtype}")
    array = array.astype(np.float64).T[::-1]
    known = np.isfinite(array)
    if not known.any():
        return np.zeros(array.shape, np.uint8)
    low, high = np.percentile(array[known], _TAILS) if scale is None else scale
    level = (np.where(known, array, low) - low) / (high - low or 1.0)
    levels: NDArray[np.uint8] = (np.clip(level, 0, 1) * 255).astype(np.uint8)
    return levels


def grey(images: Mapping[str, NDArray[np.floating]]) -> dict[str, NDArray[np.uint8]]:
    """Grey levels of images that belong together.

    What stands beside a truth has the truth's scale, or it could not be compared: ``icom/phase`` is drawn from the
    black to the white of ``icom/truth``, and ``icom/difference`` over the same width around zero. All others have their
    own.

    Parameters
    ----------
    images
        Real images ``(x, y)`` by name.
    """
    return {name: picture(image, _scale(name, images)) for name, image in images.items()}


def sheets(levels: Mapping[str, NDArray[np.uint8]]) -> dict[str, bytes]:
    """One PNG file per group with its images side by side: truth, phase, difference; expected, counted.

    Parameters
    ----------
    levels
        From `grey`, named ``group/what``; names of another form are left out.
    """
    groups: dict[str, dict[str, NDArray[np.uint8]]] = {}
    for name, image in levels.items():
        group, _, what = name.partition("/")
        if what in _ORDER:
            groups.setdefault(group, {})[what] = image
    return {group: _png(_row([images[what] for what in _ORDER if what in images])) for group, images in groups.items()}


def _scale(name: str, images: Mapping[str, NDArray[np.floating]]) -> tuple[float, float] | None:
    group, _, what = name.partition("/")
    truth = images.get(f"{group}/truth")
    if truth is None or what not in ("phase", "truth", "difference") or not np.isfinite(truth).any():
        return None
    low, high = map(float, np.percentile(truth[np.isfinite(truth)], _TAILS))
    return (low, high) if what != "difference" else ((low - high) / 2, (high - low) / 2)


def _row(images: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Images side by side with a white gap, enlarged by a whole number."""
    times = max(1, -(-_LEAST // min(min(image.shape) for image in images)))
    large = [image.repeat(times, 0).repeat(times, 1) for image in images]
    height = max(image.shape[0] for image in large)
    parts: list[NDArray[np.uint8]] = []
    for image in large:
        blank = np.full((height, image.shape[1] + 6), 255, np.uint8)
        blank[: image.shape[0], : image.shape[1]] = image
        parts.append(blank)
    return np.hstack(parts)[:, :-6]


def _png(levels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, format="PNG")
    return buffer.getvalue()
