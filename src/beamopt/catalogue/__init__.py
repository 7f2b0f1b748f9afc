"""Samples, detectors and columns as data, each number with its source and its standing."""

from beamopt.catalogue.column import Apertures, Column, Continuous
from beamopt.catalogue.detector import Detector
from beamopt.catalogue.equipment import column_names, detector_names, load_column, load_detector
from beamopt.catalogue.load import load_sample, sample_names
from beamopt.catalogue.sample import Citation, Crystal, Density, Layer, Motion, Sample, Sheet, Tolerance
from beamopt.catalogue.standing import Standing

__all__ = [
    "Apertures",
    "Citation",
    "Column",
    "Continuous",
    "Crystal",
    "Density",
    "Detector",
    "Layer",
    "Motion",
    "Sample",
    "Sheet",
    "Standing",
    "Tolerance",
    "column_names",
    "detector_names",
    "load_column",
    "load_detector",
    "load_sample",
    "sample_names",
]
