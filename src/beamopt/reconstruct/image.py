"""The finished image: finite or an error, with everything that made it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from beamopt.errors import EvaluationError
from beamopt.measurement import Reconstruction
from beamopt.spec import MethodSettings

__all__ = ["finished"]


def finished(
    *,
    method: str,
    transmission: NDArray[np.complexfloating],
    sampling: tuple[float, float],
    settings: MethodSettings,
    known: tuple[str, ...],
    extra: Mapping[str, object],
    errors: tuple[float, ...] = (),
) -> Reconstruction:
    """Wrap an image whose pixel ``[0, 0]`` is scan position ``[0, 0]``.

    Parameters
    ----------
    method, transmission, sampling, errors
        As in `Reconstruction`.
    settings, extra
        The study's settings and what else is needed to make the image again.
    known
        What was not solved for.

    Raises
    ------
    EvaluationError
        If the image holds anything but finite numbers.
    """
    if not np.isfinite(transmission).all():
        raise EvaluationError(f"{method}: the image diverged to values that are not numbers; lower step_size")
    return Reconstruction(
        method=method,
        transmission=transmission.astype(np.complex64),
        sampling=(float(sampling[0]), float(sampling[1])),
        origin=(0.0, 0.0),
        settings=settings.model_dump() | dict(extra),
        unsolved=known,
        errors=errors,
    )
