"""An acquisition and what it gains, as one says them at the column."""

from collections.abc import Sequence

from beamopt.acquisition import Acquisition
from beamopt.quantities import short, unit_of
from beamopt.spec import Objective

__all__ = ["gains", "label", "plus_minus", "sentence"]


def sentence(acquisition: Acquisition) -> str:
    """The setting in plain words, three figures each, with the units of the types.

    Examples
    --------
    >>> sentence(Acquisition(energy=300e3, semiangle_cutoff=12.34, defocus=410, detector_outer=18,
    ...                      scan_sampling=0.9, dose_per_area=45))
    '12.3 mrad, 410 Å underfocus, camera to 18 mrad, step 0.9 Å, 45 e/Å²'
    """
    defocus = abs(acquisition.defocus)
    side = "underfocus" if acquisition.defocus > 0 else "overfocus"
    focus = f"{short(defocus)} {unit_of(Acquisition, 'defocus')} {side}" if round(defocus) else "in focus"
    knobs = {
        name: f"{short(getattr(acquisition, name))} {unit_of(Acquisition, name)}"
        for name in ("semiangle_cutoff", "detector_outer", "scan_sampling", "dose_per_area")
    }
    return (
        f"{knobs['semiangle_cutoff']}, {focus}, camera to {knobs['detector_outer']}, "
        f"step {knobs['scan_sampling']}, {knobs['dose_per_area']}"
        + "".join(f", {n} {short(v)} {unit_of(Acquisition, n)}".rstrip() for n, v in acquisition.unusual().items())
    )


def gains(objectives: Sequence[Objective], values: Sequence[float]) -> str:
    """What a trial reached, objective by objective.

    Examples
    --------
    >>> gains([Objective(metric="dose_per_area", direction="minimize")], [45.04])
    'dose_per_area 45 e/Å²'
    """
    return ", ".join(f"{o.metric} {short(v)} {o.unit}".strip() for o, v in zip(objectives, values, strict=True))


def plus_minus(value: float, std: float | None) -> str:
    """A spread as it is written behind a value: one figure, nothing where it is not known.

    Examples
    --------
    >>> plus_minus(0.76, 0.0234), plus_minus(0.76, 1e-16), plus_minus(0.76, None)
    (' ± 0.02', ' ± 0', '')
    """
    if std is None:
        return ""
    return f" ± {std:.1g}" if std > 1e-9 * abs(value) else " ± 0"


def label(name: str, unit: str = "") -> str:
    """A name as people read it, on axes and in tables, with its unit.

    Examples
    --------
    >>> label("dose_per_area", "e/Å²")
    'dose per area [e/Å²]'
    >>> label("icom.ssim")
    'icom: ssim'
    """
    words = name.replace(".", ": ").replace("_", " ")
    return f"{words} [{unit}]" if unit else words
