"""From the expectation to counted electrons: Poisson noise, independent at every scan position."""

import numpy as np
from numpy.typing import NDArray

from beamopt.errors import InputError
from beamopt.measurement import Counts, Expectation

__all__ = ["expose"]

_SPARSE = 0.1
"""Electrons per pixel below which placing electrons one by one is faster than asking every pixel; measured."""

_MOST_ELECTRONS = 1e15
"""Electrons per pattern that are still drawn; no camera counts as many."""


def expose(
    expected: Expectation,
    dose_per_area: float,
    rng: np.random.Generator,
    *,
    dqe: float = 1.0,
    background: float = 0.0,
) -> Counts:
    """Count electrons in every pattern of the whole field.

    Parameters
    ----------
    expected
        Fractions of the incident beam. The held block of positions is repeated over the field; its repetitions share
        the expectation and have noise of their own.
    dose_per_area
        Incident electrons per area [e/Å²]. The electrons per pattern follow with the actual steps.
    rng
        Source of chance; the same state gives the same counts.
    dqe
        Detective quantum efficiency at zero frequency, above 0 and at most 1: the share of electrons that is counted.
        Poisson counts thinned at random are Poisson counts of the thinned mean.
    background
        Counts per pixel and pattern that come from elsewhere, at least 0; Poisson like the others, not thinned.

    Returns
    -------
    Counts
        ``(scan_x, scan_y, kx, ky)`` of the smallest unsigned integers that hold the brightest pixel.

    Raises
    ------
    InputError
        If the fluence is not positive, or larger than counting makes sense for; if `dqe` or `background` is impossible.
    ValueError
        If the expectation is negative or not a number somewhere.

    Notes
    -----
    Independent Poisson counts of means λ_k are the same thing as one Poisson total of mean Σλ_k whose electrons fall on
    pixel k with probability λ_k/Σλ_k (Kingman, Poisson Processes, 1993, section 1.2). With few electrons per
    pixel the second way is the faster one.

    Examples
    --------
    >>> flat = Expectation(array=np.full((2, 2, 16, 16), 1 / 256, dtype=np.float32), scan_sampling=(1.0, 2.0),
    ...                    angular_sampling=1.0, repeats=(3, 1))
    >>> counts = expose(flat, 500.0, np.random.default_rng(0))
    >>> counts.array.shape, counts.electrons_per_pattern, int(counts.array.sum())
    ((6, 2, 16, 16), 1000.0, 12045)
    """
    electrons = dose_per_area * expected.scan_sampling[0] * expected.scan_sampling[1]
    if not 0 < electrons <= _MOST_ELECTRONS:
        raise InputError(
            f"dose_per_area = {dose_per_area:g} e/Å² gives {electrons:g} electrons per pattern; "
            f"it must be more than 0 and at most {_MOST_ELECTRONS:g}; change the dose or the step"
        )
    if not (0 < dqe <= 1 and 0 <= background < np.inf):
        raise InputError(f"dqe = {dqe:g} must be above 0 and at most 1, background = {background:g} at least 0")
    held, detected = expected.array, dqe * electrons
    offset = np.float32(background / detected)
    brightest = float(held.max())
    if not (held.min() >= 0 and np.isfinite(brightest)):
        raise ValueError("the expectation is negative or not a number somewhere; a pattern holds fractions of the beam")
    counts = np.zeros((*expected.scan_shape, *held.shape[2:]), dtype=_holding((brightest + float(offset)) * detected))
    # Position [m, i, n, j] of this view is repetition (m, n) of the held position (i, j).
    (m, n), (block_x, block_y, *camera) = expected.repeats, held.shape
    tiled = counts.reshape(m, block_x, n, block_y, *camera)
    per_pixel = detected * (float(held.mean(dtype=np.float64)) + float(offset))
    draw = _place if per_pixel < _SPARSE else _ask
    for i, j in np.ndindex(held.shape[:2]):
        tiled[:, i, :, j] = draw(held[i, j] + offset, detected, expected.repeats, rng)
    return Counts(
        array=counts,
        scan_sampling=expected.scan_sampling,
        angular_sampling=expected.angular_sampling,
        electrons_per_pattern=electrons,
    )


def _holding(mean: float) -> np.dtype[np.unsignedinteger]:
    """Smallest unsigned type that holds a Poisson count of this mean: exceeded with probability below 1e-20."""
    return np.dtype(np.min_scalar_type(int(mean + 12 * np.sqrt(mean) + 30)))


def _ask(
    pattern: NDArray[np.float32], electrons: float, repeats: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.int64]:
    """One Poisson draw per pixel, for every repetition."""
    return rng.poisson(pattern * np.float64(electrons), size=(*repeats, *pattern.shape))


def _place(
    pattern: NDArray[np.float32], electrons: float, repeats: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.int64]:
    """A Poisson total per repetition, its electrons placed one by one by inverting the cumulative pattern."""
    cumulative = np.cumsum(pattern, dtype=np.float64)
    many = repeats[0] * repeats[1]
    totals = rng.poisson(cumulative[-1] * electrons, size=many)
    heights = rng.random(int(totals.sum())) * cumulative[-1]
    pixels = np.searchsorted(cumulative[:-1], heights, side="right")
    flat = pixels + np.repeat(np.arange(many) * pattern.size, totals)
    return np.bincount(flat, minlength=many * pattern.size).reshape(*repeats, *pattern.shape)
