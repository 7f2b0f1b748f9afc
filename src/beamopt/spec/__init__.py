"""The study file: its schema, its checks, and what it says about every proposal."""

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
from beamopt.spec.ranges import Range
from beamopt.spec.sections import BudgetSpec, CameraSpec, Objective, PotentialSpec, SampleSpec
from beamopt.spec.study import Proposal, StudySpec

__all__ = [
    "METHODS",
    "BudgetSpec",
    "CameraSpec",
    "IcomSettings",
    "MethodSettings",
    "MultislicePtychographySettings",
    "ObfSettings",
    "Objective",
    "ParallaxSettings",
    "PotentialSpec",
    "Proposal",
    "PtychographySettings",
    "Range",
    "SampleSpec",
    "SsbSettings",
    "StudySpec",
    "load_study",
    "shipped_studies",
]
