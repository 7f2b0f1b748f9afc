"""What a study says about its session, as the simulation wants it and as a reader must be told."""

import math

from beamopt.catalogue import load_sample
from beamopt.damage import Fading
from beamopt.errors import InputError
from beamopt.instrument import equipment_said
from beamopt.simulate import Imperfections
from beamopt.spec import StudySpec

__all__ = ["assumptions", "assumptions_of", "displacement_of", "fading_of", "imperfections_of"]

_FWHM = 2 * math.sqrt(2 * math.log(2))  # full width at half maximum of a Gaussian over its standard deviation


def imperfections_of(spec: StudySpec) -> Imperfections:
    """Source size, focal spread, fading and point spread of a study.

    Raises
    ------
    InputError
        As `fading_of`.
    """
    coherence = spec.coherence
    return Imperfections(
        source_size=0.0 if coherence is None else coherence.source_size / _FWHM,
        focal_spread=0.0 if coherence is None else coherence.focal_spread / _FWHM,
        fading=fading_of(spec),
        point_spread=spec.camera.point_spread,
    )


def fading_of(spec: StudySpec) -> Fading | None:
    """How the study's sample fades; None where the study leaves damage out.

    Raises
    ------
    InputError
        If the catalogue is asked for a critical dose it does not know.
    """
    if spec.damage is None:
        return None
    if spec.damage.critical_dose != "catalogue":
        return spec.damage.fading(spec.damage.critical_dose)
    if spec.sample.name is None:
        raise InputError('damage.critical_dose = "catalogue": a structure file is not in it; write a number in e/Å²')
    known = load_sample(spec.sample.name).tolerance
    if known is None:
        raise InputError(
            f'damage.critical_dose = "catalogue": nothing is known of {spec.sample.name}; write a number in e/Å²'
        )
    bound = "" if known.bound == "about" else f"{known.bound}; "
    return Fading(
        value=known.value,
        energy=known.energy,
        shape=spec.damage.shape,
        reference=spec.damage.reference,
        source=f"{bound}{known.meaning}; {known.source}",
        status=known.status,
    )


def displacement_of(spec: StudySpec) -> float | dict[str, float]:
    """Root-mean-square displacement of the atoms [Å], one number or one for each element; 0 where nothing is said.

    Raises
    ------
    InputError
        If the catalogue is asked for the displacements of a structure file.
    """
    if spec.thermal is None:
        return 0.0
    if spec.thermal.displacement != "catalogue":
        return spec.thermal.displacement
    if spec.sample.name is None:
        raise InputError('thermal.displacement = "catalogue": a structure file is not in it; write a number in Å')
    return load_sample(spec.sample.name).thermal.displacement


def _motion_said(spec: StudySpec) -> tuple[str, ...]:
    """What the catalogue's displacements are worth, if they are used and not measured."""
    if spec.thermal is None or spec.thermal.displacement != "catalogue":
        return ()
    known = load_sample(str(spec.sample.name)).thermal
    if known.status == "measured":
        return ()
    word = "a guess" if known.status == "guess" else known.status
    shown = ", ".join(f"{element} {value:g}" for element, value in known.displacement.items())
    return (f"thermal displacement ({shown} Å at {known.temperature:g} K) is {word}, not measured ({known.source})",)


def assumptions_of(spec: StudySpec) -> tuple[str, ...]:
    """Everything that a fitted study takes for granted and nobody measured or read, one sentence each.

    Raises
    ------
    InputError
        As `fading_of`.
    """
    return (*assumptions(fading_of(spec), spec.energy), *_motion_said(spec), *equipment_said(spec))


def assumptions(fading: Fading | None, energy: float) -> tuple[str, ...]:
    """Everything about the damage that was not measured on this sample at this energy, one sentence each.

    Parameters
    ----------
    fading
        From `fading_of`.
    energy
        Beam energy of the study [eV].

    Examples
    --------
    >>> mof = Fading(value=17.0, energy=300e3, source="recalled", status="quoted")
    >>> assumptions(mof, 300e3)
    ('critical dose 17 e/Å² is quoted, not measured (recalled)',)
    """
    if fading is None:
        return ()
    sentences = []
    if fading.status != "measured":
        word = "a guess" if fading.status == "guess" else fading.status
        sentences.append(f"critical dose {fading.value:g} e/Å² is {word}, not measured ({fading.source})")
    if fading.energy is None:
        sentences.append(f"critical dose {fading.value:g} e/Å² comes without a voltage: taken as it is")
    elif fading.energy != energy:
        scaled = float(fading.critical_dose(fading.reference or 0.0, energy))
        sentences.append(
            f"critical dose {fading.value:g} e/Å² at {fading.energy / 1e3:g} keV was scaled to {scaled:.3g} e/Å² at "
            f"{energy / 1e3:g} keV, as (β²)^0.65"
        )
    if fading.shape != "constant":
        source = "protein" if fading.shape == "protein" else "a power law"
        sentences.append(f"how the critical dose falls with spatial frequency is that of {source}, not of this sample")
    return tuple(sentences)
