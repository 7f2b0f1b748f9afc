"""py4DSTEM's gradient descent with a known probe, at the speed of its Fourier transforms.

The same algorithm, batches and order as ``SingleslicePtychography.reconstruct`` with ``fix_probe=True``, so that object
and error history agree with it. Per pattern and iteration: two transforms, half of one more to shift the probe to its
fraction of a pixel, and four passes over waves in cache. Several slices are passed by `slabs`.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from beamopt.reconstruct import kernels
from beamopt.reconstruct.lane import LANES, Lane
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.shifted_probe import ShiftedProbe
from beamopt.reconstruct.slabs import SlabLane

__all__ = ["descend"]


class _OneSlice(Lane):
    """A lane through a single slice, and its sums over the object."""

    def __init__(self, pixels: int, held: int, total: NDArray[np.complex64], light: NDArray[np.float32]) -> None:
        super().__init__(pixels, held)
        self.total, self.light = total.view(np.float32), light

    def transmit(self, layers: NDArray[np.complex64], corners: NDArray[np.int64]) -> None:
        """See `Lane`."""
        kernels.illuminate(self.waves, self.probes, layers[0], corners)

    def collect(self, layers: NDArray[np.complex64], corners: NDArray[np.int64]) -> float:  # noqa: ARG002
        """See `Lane`."""
        corrected, waves, probes = (a.view(np.float32) for a in (self.corrected, self.waves, self.probes))
        return float(kernels.gather(self.total, self.light, corrected, waves, probes, corners))


def descend(
    counts: NDArray[np.unsignedinteger],
    raster: Raster,
    shifted: ShiftedProbe,
    initial: NDArray[np.complex64],
    *,
    iterations: int,
    step_size: float,
    batch: int,
    floor: float,
    object_type: Literal["phase", "complex"],
    tolerance: float,
    rng: np.random.RandomState,
    least: int = 1,
    threads: int = 1,
    gap: NDArray[np.complex64] | None = None,
) -> tuple[NDArray[np.complex64], tuple[float, ...]]:
    """Descend from an initial object.

    Parameters
    ----------
    counts
        Patterns ``(scan_x, scan_y, n, n)``, zero angle at ``n // 2``.
    raster
        Where they lie.
    shifted
        The known probe at every position.
    initial
        Starting object of ``raster.shape``, or of ``(slices, *raster.shape)``; left as it is.
    iterations
        Passes over all patterns.
    step_size
        Update strength.
    batch
        Patterns per update, at most.
    floor
        py4DSTEM's ``normalization_min``, 0 to 1.
    object_type
        ``phase`` keeps the modulus at one, ``complex`` at most at one.
    tolerance
        Stop when the error falls by less than this fraction of itself; 0 never stops.
    rng
        Draws the order of the patterns; py4DSTEM's own kind of generator, so that its batches are met.
    least
        Iterations before which the tolerance stops nothing.
    threads
        Threads at work; the numbers do not depend on it.
    gap
        `slabs.propagator` from a slice to the next; needed where there are several.

    Returns
    -------
    tuple
        The object, and after each iteration the squared amplitude misfit over the detected electrons.
    """
    patterns = counts.reshape(-1, *counts.shape[2:])
    layers = initial.reshape(-1, *raster.shape).copy()
    lanes = min(LANES, batch)
    totals = np.zeros((len(layers), lanes, *raster.shape), dtype=np.complex64)
    lights = np.zeros((len(layers), lanes, *raster.shape), dtype=np.float32)
    held = shifted.unseen.shape[0]
    workers = [
        _OneSlice(raster.pixels, held, totals[0, i], lights[0, i])
        if gap is None
        else SlabLane(raster.pixels, held, totals[:, i], lights[:, i], gap)
        for i in range(lanes)
    ]
    order = np.arange(len(patterns))
    detected = max(float(counts.sum(dtype=np.float64)), 1e-30)
    constrain = kernels.normalise if object_type == "phase" else kernels.threshold
    errors: list[float] = []
    with ThreadPoolExecutor(max_workers=min(threads, lanes)) as pool:
        share = pool.map if threads > 1 else map
        for _ in range(iterations):
            rng.shuffle(order)
            error = 0.0
            for members in np.array_split(order, -(-order.size // batch)):
                parts = np.array_split(members, lanes)
                error += sum(share(lambda lane, part: lane.run(layers, patterns, shifted, part), workers, parts))
                for layer, total, light in zip(layers, totals, lights, strict=True):
                    kernels.step(layer, total, light, step_size, floor)
            for layer in layers:
                constrain(layer)
            errors.append(error / detected)
            if tolerance > 0 and len(errors) > max(1, least - 1) and errors[-2] - errors[-1] < tolerance * errors[-2]:
                break
    return layers.reshape(initial.shape), tuple(errors)
