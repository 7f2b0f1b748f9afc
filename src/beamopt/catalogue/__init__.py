"""Samples as data: structure, provenance and radiation tolerance, each number with its source and its standing."""

from beamopt.catalogue.load import load_sample, sample_names
from beamopt.catalogue.sample import Citation, Crystal, Density, Layer, Sample, Sheet, Tolerance

__all__ = [
    "Citation",
    "Crystal",
    "Density",
    "Layer",
    "Sample",
    "Sheet",
    "Tolerance",
    "load_sample",
    "sample_names",
]
