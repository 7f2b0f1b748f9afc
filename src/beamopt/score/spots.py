"""Which coefficients of a windowed truth carry signal of their own, and which hold what leaked from others."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Places", "leakage", "spots"]

_Real = NDArray[np.floating[Any]]

_REACH = 32  # coefficients that a spot is followed
_FLANK = 0.05  # of a spot: a neighbour that holds less stays where it is
_SAFETY = 6.0  # the leaks of a spot and its mirror image add up in amplitude, which makes 4


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where in reciprocal space each coefficient of an image counts; both arrays ``(x, y)``, zero at ``[0, 0]``.

    Parameters
    ----------
    frequency
        [Å⁻¹].
    own
        Where the truth has signal of its own.
    """

    frequency: _Real
    own: NDArray[np.bool_]

    @classmethod
    def of(cls, shape: tuple[int, ...], sampling: tuple[float, float]) -> Self:
        """Every coefficient at its own frequency, with signal of its own."""
        qx, qy = _axes(shape, sampling)
        return cls(frequency=np.hypot(qx, qy), own=np.ones(shape, np.bool_))


def spots(power: _Real, window: _Real, sampling: tuple[float, float]) -> Places:
    """Find the spots of a windowed truth.

    Under a window a Bragg spot covers several coefficients, and its flanks reach into the next band; an image has them
    too, whatever it knows there. So signal of its own has a local maximum that the window's leakage from no other
    coefficient explains, and the coefficients beside it count where it does, at the centroid over its neighbours. A
    specimen without long-range order has such maxima (speckle) everywhere.

    Parameters
    ----------
    power
        ``(x, y)`` power of the windowed truth, zero frequency at ``[0, 0]``.
    window
        Same shape, a product of two sides.
    sampling
        Pixel size [Å].

    Returns
    -------
    Places
    """
    offsets = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)])
    around = np.stack([np.roll(power, tuple(-offset), axis=(0, 1)) for offset in offsets])
    share = around / np.maximum(around.sum(axis=0), 1e-300)
    moved = [
        q + np.tensordot(offset, share, 1) / (n * d)
        for q, offset, n, d in zip(_axes(power.shape, sampling), offsets.T, power.shape, sampling, strict=True)
    ]
    best = np.argmax(around, axis=0)
    own = (best == len(offsets) // 2) & (power > _SAFETY * _leaked(power, window))
    there = tuple(
        (index + offset[best]) % n
        for index, offset, n in zip(np.indices(power.shape), offsets.T, power.shape, strict=True)
    )
    flank = own[there] & (power > _FLANK * power[there])
    plain = Places.of(power.shape, sampling).frequency
    return Places(frequency=np.where(flank, np.hypot(moved[0], moved[1])[there], plain), own=own)


def leakage(side: _Real) -> _Real:
    """Most power that a spot leaks to a coefficient so many steps away along one axis, over that of its strongest.

    Parameters
    ----------
    side
        ``(n,)`` the window along the axis.

    Returns
    -------
    ndarray
        ``(min(n, 64) // 2 + 1,)``, 1 at no distance and falling.

    Examples
    --------
    >>> [round(float(v), 3) for v in leakage(np.ones(64))[:3]]
    [1.0, 0.405, 0.045]
    """
    finer = 8
    power = np.abs(np.fft.rfft(side, finer * len(side))) ** 2
    envelope = np.maximum.accumulate(power[::-1])[::-1] / power[0]  # of every spot between two coefficients
    return np.asarray(envelope[np.maximum(finer * np.arange(min(len(side) // 2, _REACH) + 1) - finer // 2, 0)])


def _axes(shape: tuple[int, ...], sampling: tuple[float, float]) -> tuple[_Real, _Real]:
    """``(x, 1)`` and ``(1, y)`` frequencies [Å⁻¹]."""
    qx, qy = (np.fft.fftfreq(n, d) for n, d in zip(shape, sampling, strict=True))
    return qx[:, None], qy[None, :]


def _leaked(power: _Real, window: _Real) -> _Real:
    """The most that any coefficient beyond the next leaks to each."""
    far = np.zeros_like(power)
    for axis in (0, 1):
        beside = _carried(power, leakage(window.max(axis=1 - axis)), axis, nearest=2)
        far = np.maximum(far, _carried(beside, leakage(window.max(axis=axis)), 1 - axis, nearest=0))
    return far


def _carried(power: _Real, leak: _Real, axis: int, nearest: int) -> _Real:
    carried = np.zeros_like(power)
    for distance in range(nearest, len(leak)):
        for way in {distance, -distance}:
            np.maximum(carried, leak[distance] * np.roll(power, way, axis=axis), out=carried)
    return carried
