"""The method card as JSON with the field names of NeXus NXem.

Names and nesting follow the application definition NXem and its base classes NXem_instrument, NXebeam_column,
NXscan_controller and NXem_optical_system (NeXus International Advisory Committee, github.com/nexusformat/definitions,
state of 2026). A plan is not a measurement: what NXem demands of a finished session, such as its start time, is not
here, and what a plan says beyond NXem stands under ``beamopt``.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.measurement import METRICS
from beamopt.quantities import unit_of
from beamopt.report.card import MethodCard
from beamopt.report.facts import NOTHING, scores

if TYPE_CHECKING:
    from beamopt.sessions import Robustness

__all__ = ["nexus_card"]

_SOURCE = "NeXus NXem and its base classes, https://github.com/nexusformat/definitions"


def nexus_card(card: MethodCard) -> dict[str, Any]:
    """Plain values for JSON; every quantity is ``{"value": ..., "units": ...}``.

    Parameters
    ----------
    card
        From `method_card`.
    """
    sample, spec = card.spec.sample, card.spec
    return {
        "definition": "NXem",
        "definition_source": _SOURCE,
        "entry": {
            "definition": "NXem",
            "experiment_alias": card.title,
            "experiment_description": spec.title,
            "profiling": {"program1": {"program": "beamopt", "version": card.version}},
            "sample": {
                "is_simulation": True,
                "name": sample.name or str(sample.file),
                "thickness": _quantity(sample.thickness, "angstrom"),
            },
            "measurement": {"event1": {"instrument": _instrument(card)}},
        },
        "beamopt": _plan(card),
    }


def _instrument(card: MethodCard) -> dict[str, Any]:
    a, known = card.acquisition, card.dialled
    scan: dict[str, Any] = {"scan_schema": "raster"}
    optics: dict[str, Any] = {
        "semi_convergence_angle": _quantity(a.semiangle_cutoff, "mrad"),
        # NXem's defocus is the aberration constant C_1_0, whose sign is opposite to underfocus.
        "defocus": _quantity(-a.defocus, "angstrom") | {"comment": "C_1_0: underfocus is negative"},
        "field_of_view": _quantity(card.scanned, "angstrom") | {"comment": "least side of the simulated scan"},
    }
    if known:
        scan["dwell_time"] = _quantity(known["dwell"], "microsecond")
        optics |= {
            "camera_length": _quantity(known["camera_length"], "mm"),
            "probe_current": _quantity(known["current"], "pA"),
            "dose_rate": _quantity(known["dose_rate"], "1/(angstrom^2*s)"),
            "dose_management": "dose_rate is probe_current over the area of the probe at the entrance surface",
        }
    instrument: dict[str, Any] = {
        "ebeam_column": {
            "operation_mode": "4D-STEM",
            "electron_source": {"voltage": _quantity(a.energy, "V"), "probe": "electron"},
            "scan_controller": scan,
        },
        "optics": optics,
    }
    if card.spec.instrument is not None:
        instrument["name"] = card.spec.instrument.column
        instrument["detector1"] = {"name": card.spec.instrument.detector, "operation_mode": "4D-STEM"}
    return instrument


def _plan(card: MethodCard) -> dict[str, Any]:
    knobs = {n: _quantity(getattr(card.acquisition, n), unit_of(Acquisition, n)) for n in Acquisition.knobs()}
    texts, recorded = scores(card.trial, card.method), card.trial.metrics
    expected = {
        name: _quantity(recorded[score], metric.unit)
        | {"std": recorded.get(metric_names.spread(score))}
        | ({"comment": NOTHING} if texts[name] == NOTHING else {})
        for name, metric in METRICS.items()
        if (score := metric_names.score(card.method, name)) in recorded
    }
    settings = card.spec.propose(card.trial.params).settings[card.method]
    return {
        "study": card.spec.name,
        "fingerprint": card.spec.fingerprint(),
        "trial": card.trial.number,
        "on_front": card.on_front,
        "asked": card.asked,
        "more_dose": card.more_dose,
        "acquisition": knobs,
        "conventions": "defocus is positive underfocus, C_1_0 = -defocus; angles are semi-angles; dose is incident",
        "positions": card.positions,
        "session": dict(card.session),
        "session_note": "as recorded at the simulated step; dwell_time belongs to scan_sampling as asked for",
        "reconstruction": {"method": card.method, "settings": settings.model_dump(mode="json")},
        "expected": expected,
        "fresh_noise": {name: asdict(one) for name, one in (card.advice.expected if card.advice else {}).items()},
        "remarks": list(card.remarks),
        "robustness": _robustness(card.robustness),
        "assumptions": [*card.assumptions, *(f"left out: {name}" for name in card.left_out)],
    }


def _robustness(robustness: "Robustness | None") -> Mapping[str, Any] | None:
    return None if robustness is None else asdict(robustness)


def _quantity(value: float, units: str) -> dict[str, Any]:
    return {"value": value, "units": units}
