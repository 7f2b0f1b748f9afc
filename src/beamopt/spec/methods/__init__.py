"""Every reconstruction method: a file with its settings and what it says of itself, and a line in the table."""

from beamopt.spec.methods.base import MethodSettings
from beamopt.spec.methods.bright_field import ObfSettings, SsbSettings
from beamopt.spec.methods.icom import IcomSettings
from beamopt.spec.methods.multislice_ptychography import MultislicePtychographySettings
from beamopt.spec.methods.parallax import ParallaxSettings
from beamopt.spec.methods.ptychography import PtychographySettings

__all__ = [
    "METHODS",
    "IcomSettings",
    "MethodSettings",
    "MultislicePtychographySettings",
    "ObfSettings",
    "ParallaxSettings",
    "PtychographySettings",
    "SsbSettings",
]

METHODS: dict[str, type[MethodSettings]] = {
    "ptychography": PtychographySettings,
    "multislice_ptychography": MultislicePtychographySettings,
    "icom": IcomSettings,
    "parallax": ParallaxSettings,
    "obf": ObfSettings,
    "ssb": SsbSettings,
}
"""Every method by the name used in study files and records; `reconstruct` runs function NAME of its file NAME."""
