"""Find a sample by name among the files that come with beamopt."""

from functools import cache
from pathlib import Path

from beamopt.catalogue.sample import Sample
from beamopt.errors import InputError
from beamopt.nearest import did_you_mean

__all__ = ["load_sample", "sample_names"]

_FOLDER = Path(__file__).parent / "samples"


def sample_names() -> tuple[str, ...]:
    """Names of all samples, in alphabetical order.

    Examples
    --------
    >>> "UiO-66" in sample_names()
    True
    """
    return tuple(sorted((sample.name for sample in _samples()), key=str.casefold))


def load_sample(name: str) -> Sample:
    """Sample of a name or an alias, upper and lower case alike.

    Parameters
    ----------
    name
        For instance ``UiO-66`` or ``silicalite-1``.

    Returns
    -------
    Sample

    Raises
    ------
    InputError
        If no sample answers to the name; the sentence lists those that exist.

    Examples
    --------
    >>> load_sample("srtio3").structure.cellpar[0]
    3.90528
    """
    wanted = name.strip().casefold()
    for sample in _samples():
        if wanted in {known.casefold() for known in (sample.name, *sample.aliases)}:
            return sample
    names = [known for sample in _samples() for known in (sample.name, *sample.aliases)]
    listed = f"use one of {', '.join(sample_names())}, or give a file"
    raise InputError(f"sample '{name:.200}' is not in the catalogue; {did_you_mean(name, names, listed)}")


@cache
def _samples() -> tuple[Sample, ...]:
    return tuple(
        Sample.model_validate_json(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.json"))
    )
