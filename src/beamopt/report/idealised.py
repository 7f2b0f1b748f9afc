"""What a study leaves out of a real session, one sentence each."""

from beamopt.spec import StudySpec

__all__ = ["idealisations", "left_out"]

_ALWAYS = (
    "elastic scattering by a perfect crystal: no defects, no inelastic background, no contamination",
    "ptychography is given the probe and the scan positions; a session has to find both",
    "the truth is the projected potential of this structure model",
    "absolute bits carry an error of -15 to +10 % from potential pixels of 0.165 Å; the order of settings stands "
    "(rank correlation 0.98 with finer ones)",
)


def idealisations(spec: StudySpec) -> tuple[str, ...]:
    """Every idealisation that a study still makes, those of every study last.

    Examples
    --------
    >>> from beamopt.spec import load_study
    >>> idealisations(load_study("mof_coherent"))[0]
    'damage: none; the signal does not fade with dose, so every score is an upper bound'
    """
    return (*(f"{name}: {meaning}" for name, meaning in _absent(spec)), *_ALWAYS)


def left_out(spec: StudySpec) -> tuple[str, ...]:
    """What a study could take into account and does not, by name.

    Examples
    --------
    >>> from beamopt.spec import load_study
    >>> left_out(load_study("mof_coherent"))[:3]
    ('damage', 'coherence', 'thermal motion')
    """
    return tuple(name for name, _ in _absent(spec))


def _absent(spec: StudySpec) -> list[tuple[str, str]]:
    camera, several = spec.camera, max(spec.budget.replicates, spec.budget.contenders or 1) > 1
    idle = [
        (spec.damage is None, "damage", "none; the signal does not fade with dose, so every score is an upper bound"),
        (spec.coherence is None, "coherence", "a point source of one energy; no source size, no focal spread"),
        (spec.thermal is None, "thermal motion", "none; the atoms stand still, and no phonon scatters"),
        (spec.instrument is None, "instrument", "none named; any angle, current and dwell is taken as possible"),
        (camera.dqe == 1, "quantum efficiency", "the camera counts every electron"),
        (camera.point_spread == 0, "point spread", "an electron is recorded in the pixel that it hits"),
        (camera.background == 0, "false counts", "the camera has none"),
        (not several, "spread", "one noise draw per trial; how far a score varies is not known"),
    ]
    return [(name, meaning) for absent, name, meaning in idle if absent]
