"""What a careful microscopist would say about a setting that can be carried out."""

from beamopt.acquisition import Acquisition

__all__ = ["cautions", "cut_disc"]


def cautions(acquisition: Acquisition, angular_sampling: float, thickness: float) -> tuple[str, ...]:
    """Warnings in plain words.

    Parameters
    ----------
    acquisition
        The setting.
    angular_sampling
        Camera pixel [mrad].
    thickness
        Specimen thickness [Å].

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=20, defocus=20, detector_outer=25,
    ...                 scan_sampling=3, dose_per_area=100)
    >>> cautions(a, angular_sampling=0.4, thickness=100.0)[0]
    'neighbouring probes do not overlap (step 3 Å, probe diameter 1.2 Å): ptychography has nothing to tie them together'
    """
    sentences = []
    diameter = 2 * acquisition.probe_radius
    if acquisition.linear_overlap < 0:
        sentences.append(
            f"neighbouring probes do not overlap (step {acquisition.scan_sampling:.3g} Å, "
            f"probe diameter {diameter:.2g} Å): ptychography has nothing to tie them together"
        )
    if acquisition.semiangle_cutoff > acquisition.detector_outer:
        sentences.append(cut_disc(f"{acquisition.semiangle_cutoff:.3g} mrad", acquisition.detector_outer))
    finest = acquisition.wavelength * 1e3 / (3 * diameter)
    if angular_sampling > finest:
        sentences.append(
            f"camera pixels of {angular_sampling:.3g} mrad blur the speckle of a {diameter:.3g} Å probe "
            f"(want {finest:.2g} mrad or less): more pixels, a smaller detector_outer or less defocus"
        )
    depth = acquisition.wavelength / (acquisition.semiangle_cutoff * 1e-3) ** 2
    if thickness > depth:
        sentences.append(
            f"the specimen ({thickness:.0f} Å) is thicker than the depth of field ({depth:.0f} Å): "
            "single-slice methods lose what lies out of focus, and their score may fall as the dose rises"
        )
    return tuple(sentences)


def cut_disc(disc: str, detector_outer: float) -> str:
    """Warning of a disc, said in words, that is larger than the camera, which ends at an angle [mrad]."""
    return (
        f"the unscattered disc of {disc} is larger than the camera, which ends at {detector_outer:.3g} mrad: what "
        "falls beside it is not counted; raise detector_outer"
    )
