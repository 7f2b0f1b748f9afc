"""Compiled inner loops of the descent, each one pass over waves that fit the processor's cache.

Waves lie in camera order with the probe in the middle of the patch. Complex arrays are handed over as float pairs where
the compiler needs that to vectorise. Rows are padded: arrays are whole and contiguous, the square of
pixels that counts is as wide as it is high. Nothing is allocated, and the interpreter lock is released.
"""

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "collect",
    "filtered",
    "gather",
    "illuminate",
    "normalise",
    "project",
    "shift_rows",
    "step",
    "subtract",
    "threshold",
]

Waves = NDArray[np.complex64]
Pairs = NDArray[np.float32]

_compiled = numba.njit(nogil=True, cache=True, error_model="numpy")
# Reassociation lets the sums be vectorised; NaN and infinity keep their meaning, so that divergence is seen.
_summing = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})


@_compiled
def shift_rows(
    out: Waves, bank: Waves, ramps: Waves, rows: NDArray[np.int64], columns: NDArray[np.int64], first: int
) -> None:
    """Fill the spectra along ky of probes shifted to their fraction of a pixel, for the last inverse transform.

    ``bank[i]`` (x, ky) is the probe shifted for scan row i, ``ramps[j]`` the phase ramp of scan column j; both hold
    only the ky inside the aperture, beginning at index `first`.
    """
    inside = bank.shape[2]
    for p in range(rows.size):
        ramp = ramps[columns[p]]
        for r in range(out.shape[1]):
            line = out[p, r]
            source = bank[rows[p], r]
            line[:first] = 0
            into = line[first : first + inside]
            for c in range(inside):
                a = source[c]
                b = ramp[c]
                into[c] = np.complex64(complex(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real))
            line[first + inside :] = 0


@_compiled
def illuminate(waves: Waves, probes: Waves, image: Waves, corners: NDArray[np.int64]) -> None:
    """Exit waves: probe times the object patch whose first pixel is `corners`."""
    n = waves.shape[1]
    for p in range(corners.shape[0]):
        x0 = corners[p, 0]
        y0 = corners[p, 1]
        for r in range(n):
            patch = image[x0 + r, y0 : y0 + n]
            probe = probes[p, r]
            wave = waves[p, r]
            for c in range(n):
                a = probe[c]
                b = patch[c]
                wave[c] = np.complex64(complex(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real))


@_summing
def project(
    spectra: Pairs,
    counts: NDArray[np.unsignedinteger],
    order: NDArray[np.int64],
    unseen: NDArray[np.bool_],
    scale: float,
) -> float:
    """Give spectra the measured amplitudes, times `scale`; return the misfit less the power of what is kept.

    Spectra ``(patterns, n, m)`` hold m of n columns; their square in the middle is as wide as `unseen`, and the camera
    lies in the middle of that. Beside the camera a beam of the probe (`unseen`) stays as it is; all else there is 0, as
    are the rows outside the square.
    """
    error = np.float64(0)
    factor = np.float32(scale)
    tiny = np.float32(1e-30)
    camera, held = counts.shape[2], unseen.shape[0]
    above, rim = (spectra.shape[1] - held) // 2, (held - camera) // 2
    for p in range(order.size):
        for r in range(spectra.shape[1]):
            line = spectra[p, r]
            if r < above or r >= above + held:
                line[:] = 0
                continue
            misfit = np.float32(0)
            if rim > 0:
                free = unseen[r - above]
                for c in range(held):
                    kept = factor if free[c] else np.float32(0)
                    if r - above < rim or r - above >= rim + camera or c < rim or c >= rim + camera:
                        if free[c]:
                            misfit -= line[2 * c] ** 2 + line[2 * c + 1] ** 2
                        line[2 * c] *= kept
                        line[2 * c + 1] *= kept
                if r - above < rim or r - above >= rim + camera:
                    error += misfit
                    continue
            seen = line[2 * rim : 2 * (rim + camera)]
            measured = counts[order[p], r - above - rim]
            for c in range(camera):
                a = seen[2 * c]
                b = seen[2 * c + 1]
                power = a * a + b * b
                modulus = np.sqrt(power)
                amplitude = np.sqrt(np.float32(measured[c]))
                change = amplitude - modulus
                misfit += change * change - power
                # amplitude·f/|f| is py4DSTEM's amplitude·exp(i·angle f) without its sines.
                ratio = factor * amplitude / max(modulus, tiny)
                seen[2 * c] = a * ratio
                seen[2 * c + 1] = b * ratio
            error += misfit
    return error


@_summing
def gather(
    total: Pairs, light: Pairs, corrected: Pairs, waves: Pairs, probes: Pairs, corners: NDArray[np.int64]
) -> float:
    """Add conj(probe)·(corrected - wave) to the object's gradient and |probe|² to its illumination; return Σ|wave|²."""
    n = probes.shape[1]
    power = np.float64(0)
    for p in range(corners.shape[0]):
        x0 = corners[p, 0]
        y0 = corners[p, 1]
        for r in range(n):
            probe = probes[p, r]
            wave = waves[p, r]
            new = corrected[p, r]
            into = total[x0 + r, 2 * y0 : 2 * (y0 + n)]
            lit = light[x0 + r, y0 : y0 + n]
            row = np.float32(0)
            for c in range(n):
                a = probe[2 * c]
                b = probe[2 * c + 1]
                u = wave[2 * c]
                v = wave[2 * c + 1]
                row += u * u + v * v
                u = new[2 * c] - u
                v = new[2 * c + 1] - v
                into[2 * c] += a * u + b * v
                into[2 * c + 1] += a * v - b * u
                lit[c] += a * a + b * b
            power += row
    return power


@_summing
def filtered(spectra: Pairs, factors: Pairs) -> None:
    """Multiply padded spectra by factors ``(n, n)``."""
    n = factors.shape[0]
    for p in range(spectra.shape[0]):
        for r in range(n):
            line = spectra[p, r]
            factor = factors[r]
            for c in range(n):
                a = line[2 * c]
                b = line[2 * c + 1]
                u = factor[2 * c]
                v = factor[2 * c + 1]
                line[2 * c] = a * u - b * v
                line[2 * c + 1] = a * v + b * u


@_summing
def subtract(corrected: Pairs, waves: Pairs, count: int) -> float:
    """Turn corrected waves into their change; return Σ|wave|² of the first `count`."""
    power = np.float64(0)
    for p in range(count):
        for r in range(waves.shape[1]):
            new = corrected[p, r]
            wave = waves[p, r]
            row = np.float32(0)
            for c in range(2 * waves.shape[1]):
                row += wave[c] * wave[c]
                new[c] -= wave[c]
            power += row
    return power


@_summing
def collect(total: Pairs, light: Pairs, change: Pairs, probes: Pairs, layer: Pairs, corners: NDArray[np.int64]) -> None:
    """Add conj(probe)·change to a slice's gradient and |probe|² to its illumination; then times conj(slice)."""
    n = probes.shape[1]
    for p in range(corners.shape[0]):
        x0 = corners[p, 0]
        y0 = corners[p, 1]
        for r in range(n):
            probe = probes[p, r]
            new = change[p, r]
            patch = layer[x0 + r, 2 * y0 : 2 * (y0 + n)]
            into = total[x0 + r, 2 * y0 : 2 * (y0 + n)]
            lit = light[x0 + r, y0 : y0 + n]
            for c in range(n):
                a = probe[2 * c]
                b = probe[2 * c + 1]
                u = new[2 * c]
                v = new[2 * c + 1]
                into[2 * c] += a * u + b * v
                into[2 * c + 1] += a * v - b * u
                lit[c] += a * a + b * b
                a = patch[2 * c]
                b = patch[2 * c + 1]
                new[2 * c] = a * u + b * v
                new[2 * c + 1] = a * v - b * u


@_compiled
def step(image: Waves, totals: Waves, lights: Pairs, step_size: float, floor: float) -> None:
    """One update of the object from the sums of all lanes, which are emptied.

    The gradient is divided by √(((1 - floor)·light)² + (floor·brightest)²), py4DSTEM's preconditioner with its
    ``normalization_min``.
    """
    lanes, height, width = totals.shape
    brightest = np.float32(0)
    for x in range(height):
        for y in range(width):
            light = np.float32(0)
            for lane in range(lanes):
                light += lights[lane, x, y]
            lights[0, x, y] = light
            brightest = max(brightest, light)
    least = 1e-16 + (floor * brightest) ** 2
    for x in range(height):
        for y in range(width):
            total = np.complex64(0)
            for lane in range(lanes):
                total += totals[lane, x, y]
                totals[lane, x, y] = 0
            weight = step_size / np.sqrt(least + ((1 - floor) * lights[0, x, y]) ** 2)
            image[x, y] += total * np.float32(weight)
            for lane in range(lanes):
                lights[lane, x, y] = 0


@_compiled
def normalise(image: Waves) -> None:
    """Make the object a pure phase."""
    for x in range(image.shape[0]):
        for y in range(image.shape[1]):
            modulus = np.sqrt(image[x, y].real ** 2 + image[x, y].imag ** 2)
            image[x, y] = image[x, y] / modulus if modulus > 0 else np.complex64(1)


@_compiled
def threshold(image: Waves) -> None:
    """Take out any gain: no modulus above one."""
    for x in range(image.shape[0]):
        for y in range(image.shape[1]):
            modulus = np.sqrt(image[x, y].real ** 2 + image[x, y].imag ** 2)
            if modulus > 1:
                image[x, y] /= modulus
