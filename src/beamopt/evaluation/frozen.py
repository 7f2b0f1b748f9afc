"""The engine of a study that asks for frozen phonons, and what it costs."""

from typing import Any

import numpy as np

from beamopt.cache import Cache
from beamopt.errors import InputError
from beamopt.evaluation.assumptions import displacement_of
from beamopt.evaluation.clock import Stage, silent
from beamopt.potential import Potential, frozen_potential
from beamopt.simulate import Engine
from beamopt.simulate.phonons import FrozenPhononEngine
from beamopt.spec import StudySpec
from beamopt.specimen import Specimen

__all__ = ["frozen_engine", "require_one_window"]

_STREAM = 0x70686F6E  # tells these draws from the noise of any trial


def frozen_engine(
    spec: StudySpec,
    specimen: Specimen,
    standing: Potential,
    *,
    stage: Stage = silent,
    cache: Cache | None = None,
    **setup: Any,  # noqa: ANN401 (passed on whole)
) -> Engine:
    """Multislice engine through every frozen configuration of a study.

    Parameters
    ----------
    spec
        The study; its seed and the number of a configuration decide where its atoms stand.
    specimen
        One cell of the crystal.
    standing
        The specimen as it stands in the beam.
    stage
        Told what is being done.
    cache
        Where the configurations are looked for and kept.
    **setup
        What `FrozenPhononEngine` is told besides.

    Raises
    ------
    InputError
        If the scan is larger than the window, in which nothing repeats.
    """
    assert spec.thermal is not None  # noqa: S101 (asked for by spec.thermal.frozen)
    count = spec.thermal.frozen
    potentials = []
    for number in range(count):
        stage("frozen phonons", number / count)
        seed = np.random.SeedSequence([spec.seed, number], spawn_key=(_STREAM,))
        potentials.append(
            frozen_potential(
                specimen,
                standing,
                displacement=displacement_of(spec),
                parametrization=spec.potential.parametrization,
                rng=np.random.default_rng(seed),
                cache=cache,
            )
        )
    return FrozenPhononEngine(potentials, **setup)


def require_one_window(spec: StudySpec, potential: Potential) -> None:
    """Refuse a scan beyond the window of a study with frozen phonons: the same displaced atoms would come again.

    Raises
    ------
    InputError
        If the scanned field is larger than the window.
    """
    field = spec.sample.field
    if spec.thermal is not None and spec.thermal.frozen and field is not None and field > min(potential.window):
        raise InputError(
            f"sample.field = {field:g} Å is wider than the {min(potential.window):.4g} Å window, which frozen phonons "
            "fill once; lower it or raise sample.window"
        )
