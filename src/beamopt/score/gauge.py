"""What no measurement can know is taken out: a constant phase, a small linear ramp, a shift of at most one step."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from beamopt.score.region import Region

__all__ = ["aligned"]

_Complex = NDArray[np.complex128]
_Real = NDArray[np.floating[Any]]

_RIM = 8  # pixels over which the surroundings fade before they are shifted
_RAMP = 1.0  # cycles across the region in each of two fits; an uncentred camera pixel gives half a cycle


def aligned(image: _Complex, truth: _Complex, region: Region, reach: tuple[float, float]) -> tuple[_Complex, _Complex]:
    """Cut both images to the region and bring the first into the gauge of the second.

    Constant phase and ramp minimise Σ w²·|R·exp(-i(c + 2πk·x)) - T|² over the *full* transmissions, so that a constant
    phase cannot trade the sign of the contrast; the shift then maximises the size of their real correlation, whichever
    its sign (an image of reversed contrast stays in place and reversed), and phase and ramp are fitted once more. Sign,
    scale, rotation and gain per frequency are left as they are.

    Parameters
    ----------
    image, truth
        complex ``(x, y)``, the same grid.
    region
        Where they are compared.
    reach
        Largest shift along each axis [pixels].

    Returns
    -------
    image, truth
        Inside the region, not yet windowed.
    """
    margin = 2 * _RIM + int(np.ceil(max(reach)))
    inner = (slice(margin, -margin),) * 2
    wide = _with_margin(image, region, margin)
    fixed = np.asarray(truth[region.slices], dtype=np.complex128)
    weight = region.window**2
    wide = _without_ramp(wide, inner, fixed, weight)
    moved, shift = wide, np.zeros(2)
    for _ in range(2):  # the second pass sees the image through the window where it belongs
        more = _shift(moved[inner], fixed, region.window, np.asarray(reach), shift)
        shift = shift + more
        moved = _moved(wide, shift)
    return _without_ramp(moved, inner, fixed, weight)[inner], fixed


def _with_margin(image: _Complex, region: Region, margin: int) -> _Complex:
    """The region and its surroundings; mirrored where the image ends."""
    mirrored = [(min(margin, n - 1),) * 2 for n in image.shape]
    padded = np.pad(np.asarray(image, dtype=np.complex128), mirrored, mode="reflect")
    padded = np.pad(padded, [(margin - m,) * 2 for m, _ in mirrored], mode="edge")
    rows, columns = (slice(s.start, s.stop + 2 * margin) for s in region.slices)
    return padded[rows, columns]


def _without_ramp(wide: _Complex, inner: tuple[slice, slice], truth: _Complex, weight: _Real) -> _Complex:
    """Take out the constant phase and the ramp that fit best over the region."""
    x, y = (np.arange(n) - (n - 1) / 2 for n in truth.shape)
    product = weight * wide[inner] * truth.conj()
    box = np.array([_RAMP / n for n in truth.shape])
    k = _highest(lambda u, v: np.abs(_wave(u, x) @ product @ _wave(v, y).T), (-box, box), points=17)
    value = (_wave(k[:1], x) @ product @ _wave(k[1:], y).T).item()
    turn = np.exp(-1j * np.angle(value)) if value else 1.0
    x, y = (np.arange(n) - (n - 1) / 2 for n in wide.shape)
    return np.asarray(turn * wide * np.outer(_wave(k[:1], x), _wave(k[1:], y)))


def _shift(image: _Complex, truth: _Complex, window: _Real, reach: _Real, shift: _Real) -> _Real:
    """Shift [pixels] of the strongest correlation, such that all shifts together stay within reach."""
    spectrum = _spectrum(image, window) * _spectrum(truth, window).conj()
    qx, qy = (np.fft.fftfreq(n) for n in truth.shape)
    points = 2 * int(np.ceil(2 * reach.max())) + 1
    return _highest(
        lambda u, v: np.abs(np.real(_wave(-u, qx) @ spectrum @ _wave(-v, qy).T)),
        (-reach - shift, reach - shift),
        points,
    )


def _spectrum(image: _Complex, window: _Real) -> _Complex:
    return np.asarray(np.fft.fft2(window * (image - np.average(image, weights=window))))


def _wave(k: ArrayLike, x: ArrayLike) -> _Complex:
    return np.asarray(np.exp(-2j * np.pi * np.asarray(k)[:, None] * np.asarray(x)[None, :]))


def _highest(height: Callable[[_Real, _Real], _Real], box: tuple[_Real, _Real], points: int) -> _Real:
    """Highest place of a smooth function in a box: a grid, then ever finer grids around its best point."""
    low, high = box
    centre, half = (low + high) / 2, (high - low) / 2
    for _ in range(20):
        u, v = (np.clip(centre[i] + half[i] * np.linspace(-1, 1, points), low[i], high[i]) for i in (0, 1))
        best = np.unravel_index(np.argmax(height(u, v)), (points, points))
        centre, half = np.array([u[best[0]], v[best[1]]]), 2 * half / (points - 1)
        points = 5
    return np.asarray(centre)


def _moved(wide: _Complex, shift: _Real) -> _Complex:
    """The image at x + shift, by Fourier; its rim fades so that nothing wraps into the region."""
    mean = wide.mean()
    rim = [np.clip(np.minimum(np.arange(n), np.arange(n)[::-1]) / _RIM, 0, 1) for n in wide.shape]
    qx, qy = (np.fft.fftfreq(n) for n in wide.shape)
    phase = np.outer(_wave(-shift[:1], qx), _wave(-shift[1:], qy))
    soft = np.sin(np.pi / 2 * np.outer(rim[0], rim[1])) ** 2
    return np.asarray(mean + np.fft.ifft2(np.fft.fft2((wide - mean) * soft) * phase))
