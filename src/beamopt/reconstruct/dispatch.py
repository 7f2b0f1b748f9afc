"""The table of reconstruction methods and the one function that serves them all."""

from collections.abc import Callable, Mapping
from importlib import import_module

from beamopt.acquisition import Acquisition
from beamopt.errors import InputError
from beamopt.measurement import Counts, Reconstruction
from beamopt.spec import METHODS, MethodSettings

__all__ = ["RECONSTRUCTORS", "reconstruct"]


def _on_use(name: str) -> Callable[..., Reconstruction]:
    """Import a method when it is used: py4DSTEM takes longer to import than most commands take to answer."""

    def method(*arguments: object, **settings: object) -> Reconstruction:
        reconstruction: Reconstruction = getattr(import_module(f"beamopt.reconstruct.{name}"), name)(
            *arguments, **settings
        )
        return reconstruction

    return method


RECONSTRUCTORS: Mapping[str, Callable[..., Reconstruction]] = {name: _on_use(name) for name in METHODS}
"""Every reconstruction method of `spec.METHODS`: function NAME of file NAME."""


def reconstruct(
    counts: Counts, acquisition: Acquisition, method: str, settings: MethodSettings, *, thickness: float, seed: int
) -> Reconstruction:
    """Image of the specimen from counted electrons, without any knowledge of the truth.

    Parameters
    ----------
    counts
        Detected electrons of the whole field; left as they are.
    acquisition
        How they were acquired; the probe follows from it.
    method
        A key of `RECONSTRUCTORS`.
    settings
        Settings of that method, every range replaced by a number.
    thickness
        Specimen thickness [Å]; single-slice methods image the plane in its middle.
    seed
        Root of the method's random numbers; equal seeds give bit-identical images.

    Returns
    -------
    Reconstruction
        The scanned field, its pixel ``[0, 0]`` at scan position ``[0, 0]``.

    Raises
    ------
    InputError
        If the method is unknown, or its settings are another method's or still hold a range.
    EvaluationError
        If the image diverged.
    """
    if method not in RECONSTRUCTORS:
        raise InputError(f"methods: '{method}' is not a method; use {', '.join(RECONSTRUCTORS)}")
    if not isinstance(settings, METHODS[method]):
        raise InputError(f"{method}: settings are {type(settings).__name__}; give {METHODS[method].__name__}")
    if settings.searched():
        raise InputError(f"{method}: {', '.join(settings.searched())} is a range; propose a number from it first")
    return RECONSTRUCTORS[method](counts, acquisition, settings, thickness=thickness, seed=seed)
