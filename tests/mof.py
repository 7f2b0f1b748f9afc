"""The study that tests of the search, the record and the loop share: real ranges on a MOF, nothing evaluated."""

from typing import Any

from beamopt.spec import StudySpec

__all__ = ["RAW", "mof"]

RAW: dict[str, Any] = {
    "name": "mof",
    "energy": 300e3,
    "seed": 1,
    "sample": {"name": "UiO-66", "zone_axis": [1, 1, 0], "thickness": 100.0, "window": 40.0},
    "search": {
        "semiangle_cutoff": {"low": 4.0, "high": 25.0, "log": True},
        "defocus": {"low": 0.0, "high": 1500.0},
        "detector_outer": {"low": 8.0, "high": 25.0},
        "scan_sampling": {"low": 0.5, "high": 4.0, "log": True},
        "dose_per_area": {"low": 5.0, "high": 500.0, "log": True},
    },
}


def mof(**more: object) -> StudySpec:
    """The study, with some tables replaced."""
    return StudySpec.model_validate(RAW | more)
