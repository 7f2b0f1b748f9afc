"""Integrated centre of mass (iCOM) by py4DSTEM's `DPC`, in radians and with either scan step."""

import numpy as np
from numpy.typing import NDArray
from py4DSTEM.process.phase import DPC

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.datacube import KNOWN_GEOMETRY
from beamopt.reconstruct.image import finished
from beamopt.reconstruct.isolation import isolated
from beamopt.reconstruct.settled import whole
from beamopt.spec import IcomSettings

__all__ = ["centre_of_mass", "icom", "integrated_phase"]

_FULL_STEP = 2 / np.pi
"""py4DSTEM's integration carries 1/4 where the inverse gradient has 1/2π; this step makes one pass exact."""


class _SpectralDPC(DPC):  # type: ignore[misc]
    """`DPC` with a step for each axis and the gradient taken in Fourier space.

    Stock central differences see a wave q as sin(2πqs)/s: the integral then exaggerates it by 1/sinc(2qs), 1.6 times
    at half the Nyquist frequency and without bound at it.
    """

    def __init__(self, com: NDArray[np.float64], steps: tuple[float, float]) -> None:
        super().__init__(verbose=False)
        self._com = com.astype(np.float32)
        self._steps = steps

    def integrate(self, iterations: int) -> NDArray[np.float64]:
        """Phase [rad] whose gradient over 2π is the centre of mass."""
        zero = np.zeros_like(self._com[0])
        with isolated():
            self.preprocess(
                **KNOWN_GEOMETRY, force_com_measured=(self._com[0], self._com[1]), force_com_shifts=(zero, zero)
            )
            self.reconstruct(max_iter=iterations, step_size=_FULL_STEP, progress_bar=False)
        return 2 * np.pi * np.asarray(self.object_phase, dtype=np.float64)

    def _extract_intensities_and_calibrations_from_datacube(self, *_: object, **__: object) -> None:
        self._grid_scan_shape = self._com.shape[1:]
        self._scan_sampling = self._steps
        self._scan_units = ("A", "A")
        self._reciprocal_sampling = (1.0, 1.0)

    def _forward(
        self, padded: NDArray[np.float32], mask: NDArray[np.bool_], _inverse: object, _error: float, step_size: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64], float]:
        wave = np.fft.fft2(padded)
        qx, qy = (np.fft.fftfreq(n, d)[:, None] for n, d in zip(padded.shape, self._steps, strict=True))
        residuals = []
        for q, measured in ((qx, self._com_x), (qy.T, self._com_y)):
            slope = np.fft.ifft2(2j * np.pi * q * wave).real
            residual = np.zeros_like(padded)
            residual[mask] = measured.ravel() - slope[mask]
            residuals.append(residual)
        error = sum(np.mean(r[mask] ** 2) for r in residuals) / np.mean(self._com_x**2 + self._com_y**2)
        return residuals[0], residuals[1], np.asarray(error), step_size


def icom(
    counts: Counts, acquisition: Acquisition, settings: IcomSettings, *, thickness: float, seed: int
) -> Reconstruction:
    """Phase image by integration of the centre of mass.

    The mean momentum of a pattern is the phase gradient seen through the probe, ⟨k⟩ = |P|² ⋆ ∇φ/2π (Lazić, Bosch &
    Lazar, Ultramicroscopy 160, 265 (2016)), so the image is the phase times the transform of the probe intensity, in
    focus the overlap of two discs.

    Parameters
    ----------
    counts
        Detected electrons.
    acquisition
        Sets the wavelength.
    settings
        Passes of the integration.
    thickness, seed
        Not used: one linear step on the data as they are.

    Returns
    -------
    Reconstruction
        One pixel per scan position, ``exp(iφ)`` with φ in radians.
    """
    phase, errors = integrated_phase(counts, acquisition, whole(settings.iterations))
    return finished(
        method="icom",
        transmission=np.exp(1j * phase),
        sampling=counts.scan_sampling,
        settings=settings,
        known=("camera centre",),
        errors=errors,
        extra={"thickness": thickness, "seed": seed},
    )


def integrated_phase(
    counts: Counts, acquisition: Acquisition, iterations: int
) -> tuple[NDArray[np.float64], tuple[float, ...]]:
    """Integral of the centre of mass [rad] on the scan grid, mean zero, and the misfit after each pass.

    Parameters
    ----------
    counts
        Detected electrons.
    acquisition
        Sets the wavelength.
    iterations
        Passes on a grid padded to twice the scan, which need no periodic boundary.
    """
    com = centre_of_mass(counts, acquisition)
    if not com.any():
        return np.zeros(com.shape[1:]), ()
    solver = _SpectralDPC(com, counts.scan_sampling)
    phase = solver.integrate(iterations)
    return phase - phase.mean(), tuple(float(e) for e in solver.error_iterations)


def centre_of_mass(counts: Counts, acquisition: Acquisition) -> NDArray[np.float64]:
    """Mean spatial frequency [Å⁻¹] of every pattern about the known centre, per *mean* detected electron.

    Dividing by each pattern's own electrons would make an empty pattern undefined and a poor one biased.

    Returns
    -------
    ndarray
        ``(2, scan_x, scan_y)``.
    """
    pixels = counts.array.shape[-1]
    k = (np.arange(pixels) - pixels // 2) * counts.angular_sampling * 1e-3 / acquisition.wavelength
    along_x = counts.array.sum(axis=3, dtype=np.float64)
    along_y = counts.array.sum(axis=2, dtype=np.float64)
    mean = max(float(along_x.sum()) / along_x[..., 0].size, 1e-30)
    com: NDArray[np.float64] = np.stack([along_x @ k, along_y @ k]) / mean
    return com
