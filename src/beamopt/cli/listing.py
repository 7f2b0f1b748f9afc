"""`beamopt list`: what there is to choose from."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from beamopt.cli.options import Json, print_json
from beamopt.cli.output import say


class Kind(StrEnum):
    """What can be listed."""

    studies = "studies"
    samples = "samples"
    detectors = "detectors"
    columns = "columns"
    methods = "methods"
    metrics = "metrics"


def command(
    kind: Annotated[Kind | None, typer.Argument(help="One kind; all of them where left out.")] = None,
    as_json: Json = False,
) -> None:
    """List studies, samples, detectors, columns, reconstruction methods and metrics."""
    readers = {
        Kind.studies: _studies,
        Kind.samples: _samples,
        Kind.detectors: _detectors,
        Kind.columns: _columns,
        Kind.methods: _methods,
        Kind.metrics: _metrics,
    }
    listing = {k.value: read() for k, read in readers.items() if kind in (None, k)}
    if as_json:
        print_json(listing)
        return
    for name, entries in listing.items():
        say(f"{name}:")
        for entry, meaning in entries.items():
            say(f"  {entry:26s} {meaning}")


def _studies() -> dict[str, str]:
    from beamopt.spec import load_study, shipped_studies

    return {name: load_study(name).title for name in shipped_studies()}


def _samples() -> dict[str, str]:
    from beamopt.catalogue import load_sample, sample_names

    return {name: load_sample(name).formula for name in sample_names()}


def _detectors() -> dict[str, str]:
    from beamopt.catalogue import detector_names, load_detector

    return {name: load_detector(name).title for name in detector_names()}


def _columns() -> dict[str, str]:
    from beamopt.catalogue import column_names, load_column

    return {name: load_column(name).title for name in column_names()}


def _methods() -> dict[str, str]:
    from beamopt.spec import METHODS

    return {name: (settings.__doc__ or "").splitlines()[0] for name, settings in METHODS.items()}


def _metrics() -> dict[str, Any]:
    from beamopt.measurement import METRICS

    return {
        name: f"[{m.unit}] {m.direction}: {m.meaning}" if m.unit else f"{m.direction}: {m.meaning}"
        for name, m in METRICS.items()
    }
