"""An acquisition as one says it at the column."""

from beamopt.acquisition import Acquisition

__all__ = ["sentence"]


def sentence(acquisition: Acquisition) -> str:
    """The setting in plain words.

    Examples
    --------
    >>> sentence(Acquisition(energy=300e3, semiangle_cutoff=12.34, defocus=410, detector_outer=18,
    ...                      scan_sampling=0.9, dose_per_area=45))
    '12.3 mrad, 410 Å underfocus, camera to 18 mrad, step 0.9 Å, 45 e/Å²'
    """
    focus = f"{_short(abs(acquisition.defocus))} Å {'under' if acquisition.defocus > 0 else 'over'}focus"
    return (
        f"{_short(acquisition.semiangle_cutoff)} mrad, {focus if round(acquisition.defocus) else 'in focus'}, "
        f"camera to {_short(acquisition.detector_outer)} mrad, step {_short(acquisition.scan_sampling)} Å, "
        f"{_short(acquisition.dose_per_area)} e/Å²"
    )


def _short(value: float) -> str:
    """Three figures, never in powers of ten up to a million."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
