"""Where a search begins: a Sobol set that leaves out what cannot be carried out."""

import math
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

import numpy as np

from beamopt.spec import Searched

__all__ = ["Possible", "anything", "inside", "sobol_points", "start_points"]

Possible = Callable[[Mapping[str, float]], bool]
"""Whether a point can be carried out, as far as closed forms know."""

_DRAWN = 32  # points looked at for each that is wanted


def anything(_params: Mapping[str, float]) -> bool:
    """Nothing is known to be impossible."""
    return True


def sobol_points(seed: int | Sequence[int], ranges: Mapping[str, Searched], count: int) -> tuple[dict[str, float], ...]:
    """Scrambled Sobol points over the searched parameters, choices in equal shares.

    Parameters
    ----------
    seed
        Of the scramble.
    ranges
        Searched parameters.
    count
        How many.
    """
    qmc = import_module("scipy.stats.qmc")  # a second, for which a study that only goes on need not wait
    sobol = qmc.Sobol(len(ranges), scramble=True, rng=np.random.default_rng(np.random.SeedSequence(seed)))
    fractions = sobol.random_base2(math.ceil(math.log2(max(count, 1))))[:count]
    return tuple(
        {name: inside(r, float(u)) for (name, r), u in zip(ranges.items(), row, strict=True)} for row in fractions
    )


def start_points(
    seed: int, ranges: Mapping[str, Searched], possible: Possible = anything
) -> tuple[dict[str, float], ...]:
    """Explicit start: 2·(d + 1) scrambled Sobol points over d searched parameters.

    Parameters
    ----------
    seed
        Seed of the study; one scramble for the whole start.
    ranges
        Searched parameters.
    possible
        Points for which it is false are passed over, unless nothing else is found.

    Returns
    -------
    tuple of dict
        Point `k` belongs to trial `k`, whoever asks for it and when.

    Examples
    --------
    >>> from beamopt.spec import Range
    >>> points = start_points(1, {"defocus": Range(low=0.0, high=8.0)})
    >>> sorted(int(point["defocus"] // 2) for point in points)
    [0, 1, 2, 3]
    """
    count = 2 * (len(ranges) + 1)
    points = sobol_points(seed, ranges, count)
    if all(map(possible, points)):
        return points
    drawn = sobol_points(seed, ranges, _DRAWN * count)
    return tuple([*filter(possible, drawn), *(point for point in drawn if not possible(point))][:count])


def inside(knob: Searched, fraction: float) -> float:
    """Value at a fraction of a range; rounding in the logarithm may step over the ends, which this does not."""
    return min(max(knob.at(fraction), knob.low), knob.high)
