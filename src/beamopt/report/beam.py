"""The probe in the specimen plane and the pattern on the camera."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.quantities import short, unit_of
from beamopt.report.figures import FRONT, MUTED, PALETTE, heading, new_figure, plain
from beamopt.report.words import label

__all__ = ["pacbed_figure", "pattern_figure", "probe_figure", "probe_intensity"]

_DECADES = 4  # of a logarithmic scale below its maximum


def probe_intensity(acquisition: Acquisition, extent: float, pixels: int = 256) -> NDArray[np.float64]:
    """Intensity of the coherent probe at the entrance surface, |FT of the aperture function|².

    Parameters
    ----------
    acquisition
        Energy, convergence and defocus.
    extent
        Side of the square it is computed on [Å]; the probe must be much smaller, for it is periodic there.
    pixels
        Along each side.

    Returns
    -------
    ndarray
        ``(pixels, pixels)`` as fractions of the beam per pixel, the centre at ``pixels // 2``; its sum is 1.

    Examples
    --------
    An in-focus probe is an Airy pattern: the first dark ring lies at 0.61/k0.

    >>> a = Acquisition(energy=300e3, semiangle_cutoff=20, defocus=0, detector_outer=25,
    ...                 scan_sampling=0.4, dose_per_area=100)
    >>> probe = probe_intensity(a, extent=40.0, pixels=512)
    >>> dark = round(0.61 / a.cutoff * 512 / 40)
    >>> bool(probe[256, 256 + dark] < 0.003 * probe[256, 256])
    True
    """
    axis = np.fft.fftfreq(pixels, extent / pixels)
    k = np.hypot(axis[:, None], axis[None, :])
    edge = np.clip((acquisition.cutoff - k) * extent + 0.5, 0, 1)  # a beam on the rim counts by its share
    wave = np.sqrt(edge) * np.exp(-1j * physics.aberration_phase(k, acquisition.energy, acquisition.defocus))
    intensity = np.abs(np.fft.fftshift(np.fft.ifft2(wave))) ** 2
    return np.asarray(intensity / intensity.sum())


def probe_figure(acquisition: Acquisition, *, title: str = "") -> Figure:
    """The probe at the entrance surface as an image and as a cut through its middle.

    Parameters
    ----------
    acquisition
        Energy, convergence, defocus and step; the circle is `probe_radius`, the dots are scan positions.
    title
        Headline.

    Returns
    -------
    Figure
        The image shows fractions of the beam per Å²; the line ``cut`` is on a logarithmic scale.
    """
    radius, step = acquisition.probe_radius, acquisition.scan_sampling
    shown = 2.2 * radius
    extent, pixels = 8 * shown, 512
    whole = probe_intensity(acquisition, extent, pixels) / (extent / pixels) ** 2
    x = (np.arange(pixels) - pixels // 2) * extent / pixels
    inside = np.abs(x) <= shown
    figure = new_figure(9.2, 4.0)
    left, right = figure.subplots(1, 2)
    half = extent / pixels / 2
    ends = (x[inside][0] - half, x[inside][-1] + half)
    drawn = left.imshow(
        whole[np.ix_(inside, inside)].T, origin="lower", extent=(*ends, *ends), cmap="cividis", vmin=0, gid="probe"
    )
    left.add_patch(Circle((0, 0), radius, fill=False, color=FRONT, linewidth=1, linestyle="--"))
    steps = np.arange(-np.floor(shown / step), np.floor(shown / step) + 1) * step
    if len(steps) <= 25:
        left.plot(*np.meshgrid(steps, steps), ".", color="white", markersize=2.5)
    left.set_xlabel("x [Å]")
    left.set_ylabel("y [Å]")
    heading(left, title or f"probe radius {short(radius)} {unit_of(Acquisition, 'probe_radius')}", 46)
    bar = figure.colorbar(drawn, ax=left, label="fraction of the beam per Å²", shrink=0.9, pad=0.02)
    bar.outline.set_visible(False)
    cut = whole[inside, pixels // 2]
    plain(right).semilogy(x[inside], cut, color=PALETTE[0], linewidth=1.4, gid="cut")
    right.set_ylim(cut.max() * 10.0**-_DECADES, cut.max() * 1.5)
    right.set_xlabel("x [Å]")
    right.set_ylabel("fraction of the beam per Å²")
    heading(right, "through its middle", 46)
    return figure


def pattern_figure(
    expected: NDArray[np.floating], counted: NDArray[np.unsignedinteger], angular_sampling: float
) -> Figure:
    """One pattern as it would be with endless dose, and as it was counted.

    Parameters
    ----------
    expected
        Fractions of the beam ``(kx, ky)``; drawn as its square root, so that the dark field shows.
    counted
        Electrons ``(kx, ky)``.
    angular_sampling
        Angle per camera pixel [mrad].
    """
    figure = new_figure(8.4, 3.8)
    caught = int(counted.sum())
    panels = (
        ("expected", np.sqrt(expected.astype(np.float64)), "root of the fraction per pixel"),
        (f"counted: {caught} electron{'s' if caught != 1 else ''}", counted.astype(np.float64), "electrons per pixel"),
    )
    for place, (name, pattern, meaning) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, 2, place)
        drawn = axes.imshow(
            pattern.T, origin="lower", extent=_angles(expected.shape, angular_sampling), cmap="magma", vmin=0
        )
        bar = figure.colorbar(drawn, ax=axes, label=meaning, shrink=0.9, pad=0.02)
        bar.outline.set_visible(False)
        _named(axes, name)
    return figure


def pacbed_figure(mean: NDArray[np.floating], acquisition: Acquisition, angular_sampling: float) -> Figure:
    """Position-averaged pattern on a logarithmic scale, with the aperture and the edge of the camera.

    Parameters
    ----------
    mean
        Fractions of the beam ``(kx, ky)``, averaged over the scan.
    acquisition
        Says where the bright disc ends.
    angular_sampling
        Angle per camera pixel [mrad].

    Returns
    -------
    Figure
        The image has the gid ``pacbed``, its circle ``aperture``.
    """
    figure = new_figure(5.4, 4.4)
    axes = figure.add_subplot()
    top = float(mean.max()) or 1.0
    norm = LogNorm(top * 10.0**-_DECADES, top, clip=True)
    drawn = axes.imshow(
        mean.T, origin="lower", extent=_angles(mean.shape, angular_sampling), cmap="cividis", norm=norm, gid="pacbed"
    )
    disc = Circle((0, 0), acquisition.semiangle_cutoff, fill=False, color=FRONT, linestyle="--", gid="aperture")
    axes.add_patch(disc)
    caught = f"{100 * float(mean.sum()):.1f} % of the beam reach the camera"
    _named(axes, f"mean pattern; {caught}")
    axes.text(
        0.02, 0.02, f"{short(acquisition.semiangle_cutoff)} mrad aperture", transform=axes.transAxes, color="white"
    )
    bar = figure.colorbar(drawn, ax=axes, label=label("fraction of the beam per pixel"), shrink=0.9, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(color=MUTED)
    return figure


def _angles(shape: tuple[int, ...], angular_sampling: float) -> tuple[float, float, float, float]:
    """Outer edges of the camera [mrad]; the zero angle is the centre of pixel n // 2."""
    x, y = ((np.array([0, n]) - n // 2 - 0.5) * angular_sampling for n in shape)
    return float(x[0]), float(x[1]), float(y[0]), float(y[1])


def _named(axes: Axes, name: str) -> None:
    heading(axes, name)
    axes.set_xlabel("angle x [mrad]")
    axes.set_ylabel("angle y [mrad]")
