"""Images as MLflow shows them: grey, x to the right and y upwards."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["picture"]

_TAILS = (0.5, 99.5)  # per cent; a few hot pixels must not darken the rest


def picture(image: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Eight-bit grey levels of a real image.

    Parameters
    ----------
    image
        ``(x, y)``, any unit; the half per cent at either end is clipped, what is not finite is black.

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
    low, high = np.percentile(array[known], _TAILS)
    grey = (np.where(known, array, low) - low) / (high - low or 1.0)
    levels: NDArray[np.uint8] = (np.clip(grey, 0, 1) * 255).astype(np.uint8)
    return levels
