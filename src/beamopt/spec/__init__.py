"""The study file: its schema, its checks, and what it says about every proposal."""

from beamopt.spec.effects import CoherenceSpec, DamageSpec, ThermalSpec
from beamopt.spec.instrument import InstrumentSpec
from beamopt.spec.load import load_study, shipped_studies
from beamopt.spec.methods import (
    METHODS,
    IcomSettings,
    MethodSettings,
    MultislicePtychographySettings,
    ObfSettings,
    ParallaxSettings,
    PtychographySettings,
    SsbSettings,
)
from beamopt.spec.ranges import Choice, Range, Searched
from beamopt.spec.robustness import RobustnessSpec
from beamopt.spec.sections import BudgetSpec, CameraSpec, Objective, PotentialSpec, SamplerSpec, SampleSpec
from beamopt.spec.study import Proposal, StudySpec

__all__ = [
    "METHODS",
    "BudgetSpec",
    "CameraSpec",
    "Choice",
    "CoherenceSpec",
    "DamageSpec",
    "IcomSettings",
    "InstrumentSpec",
    "MethodSettings",
    "MultislicePtychographySettings",
    "ObfSettings",
    "Objective",
    "ParallaxSettings",
    "PotentialSpec",
    "Proposal",
    "PtychographySettings",
    "Range",
    "RobustnessSpec",
    "SampleSpec",
    "SamplerSpec",
    "Searched",
    "SsbSettings",
    "StudySpec",
    "ThermalSpec",
    "load_study",
    "shipped_studies",
]
