"""What a study leaves out of a real session, one sentence each."""

from beamopt.spec import StudySpec

__all__ = ["idealisations"]


def idealisations(spec: StudySpec) -> tuple[str, ...]:
    """Every idealisation that a study still makes; a table that it has is left out of the list.

    Examples
    --------
    >>> from beamopt.spec import load_study
    >>> idealisations(load_study("mof_coherent"))[0]
    'damage: none; the signal does not fade with dose, so every score is an upper bound'
    """
    camera = spec.camera
    absent = {
        "damage: none; the signal does not fade with dose, so every score is an upper bound": spec.damage is None,
        "coherence: a point source of one energy; no blur by source size or focal spread": spec.coherence is None,
        "thermal motion: none; the atoms stand still, and no phonon scatters": spec.thermal is None,
        "instrument: none named; any angle, current and dwell is taken as possible": spec.instrument is None,
        "camera: counts every electron": camera.dqe == 1,
        "camera: no point spread": camera.point_spread == 0,
        "camera: no false counts": camera.background == 0,
        "one noise draw per trial: the spread of a score is not known": spec.budget.replicates == 1,
    }
    always = (
        "elastic scattering by a perfect crystal: no defects, no inelastic background, no contamination",
        "ptychography is given the probe and the scan positions; a session has to find both",
        "the truth is the projected potential of this structure model",
    )
    return (*(said for said, is_so in absent.items() if is_so), *always)
