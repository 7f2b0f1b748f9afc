"""Where the pattern falls on the detector, and which defocus the detector's pixels fall in step with."""

import math

from beamopt.acquisition import Acquisition
from beamopt.catalogue import Detector
from beamopt.instrument.response import whole_binnings

__all__ = ["binning", "camera_length", "disc_share", "in_step", "resonance"]


def camera_length(detector: Detector, detector_outer: float) -> float:
    """Camera length [mm] that puts a collection semi-angle [mrad] on the edge of the shorter side, half side/tan."""
    return min(detector.pixels) * detector.pixel_pitch * 1e-3 / 2 / math.tan(detector_outer * 1e-3)


def binning(detector: Detector, pixels: int) -> str:
    """Warn of camera pixels that no whole binning of the detector gives, or return an empty string.

    Parameters
    ----------
    detector
        Its shorter side counts.
    pixels
        Camera pixels per side.
    """
    side = min(detector.pixels)
    if side % pixels == 0:
        return ""
    whole = whole_binnings(side)
    named = ", ".join(str(one) for one in whole[:4])
    return (
        f"camera.pixels={pixels} is no whole binning of the {side} pixels of {detector.name}, whose patterns would "
        f"have to be cropped or interpolated; use {named}" + (", ..." if len(whole) > 4 else "")
    )


def disc_share(acquisition: Acquisition, detector: Detector) -> float:
    """Share of the beam that falls on one detector pixel inside the bright disc, evenly lit; at most 1.

    Without a specimen every electron stays in the disc. Crystals make overlapping discs brighter and darker: keep a
    factor of 2 from the limits.
    """
    radius = acquisition.semiangle_cutoff / acquisition.detector_outer * min(detector.pixels) / 2
    return min(1.0, 1 / (math.pi * radius**2))


def resonance(acquisition: Acquisition, pixels: int, thickness: float = 0.0) -> str:
    """Warn of a defocus at which all bright-field images sample the same sub-lattice, or return an empty string.

    The images of neighbouring camera pixels are shifted by λ·|z|·Δk = |z|·angular_sampling with z the defocus at the
    middle of the specimen, which is imaged. Where that is m steps, whole, the images add no new positions. It counts
    as near when the remainder, summed over the diameter of the bright disc, stays below one step, and is at most a
    quarter of a step.

    Parameters
    ----------
    acquisition
        The setting.
    pixels
        Camera pixels per side after binning.
    thickness
        Specimen thickness [Å].

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=4000, detector_outer=16,
    ...                 scan_sampling=1, dose_per_area=100)
    >>> resonance(a, pixels=128)[:60]
    'at 4000 Å defocus each 0.25 mrad camera pixel shifts its bri'
    """
    shift, whole, near = in_step(acquisition, pixels, thickness)
    if abs(shift - whole) >= near:
        return ""
    angle, plane = acquisition.angular_sampling(pixels), acquisition.defocus - thickness / 2
    target = whole + math.copysign(1.05 * near, shift - whole)
    return (
        f"at {acquisition.defocus:.4g} Å defocus each {angle:.3g} mrad camera pixel shifts its bright-field image by "
        f"{shift:.4g} steps of {acquisition.scan_sampling:.3g} Å: all of them sample the same positions; "
        f"go to {plane * target / shift + thickness / 2:.4g} Å, or change the step or detector_outer"
    )


def in_step(acquisition: Acquisition, pixels: int, thickness: float = 0.0) -> tuple[float, int, float]:
    """Shift between neighbouring bright-field images, the whole number it is nearest to, and what counts as near.

    Parameters as `resonance`; all three in scan steps, the whole number at least 1.

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=4000, detector_outer=16,
    ...                 scan_sampling=1, dose_per_area=100)
    >>> in_step(a, pixels=128)
    (1.0, 1, 0.0125)
    """
    angle = acquisition.angular_sampling(pixels)
    shift = abs(acquisition.defocus - thickness / 2) * angle * 1e-3 / acquisition.scan_sampling
    across = 2 * min(acquisition.semiangle_cutoff, acquisition.detector_outer) / angle
    return shift, max(1, round(shift)), min(1 / across, 0.25)
