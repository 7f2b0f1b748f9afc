"""The way every engine goes from exit waves to the noise-free patterns of an acquisition."""

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.errors import InfeasibleError
from beamopt.measurement import Expectation
from beamopt.simulate.imperfections import PERFECT, Imperfections
from beamopt.simulate.modes import TOLERANCE, partially_coherent
from beamopt.simulate.point_spread import spread
from beamopt.simulate.probe import Probe, coherent
from beamopt.simulate.routes import Direct, Filtered, Route
from beamopt.simulate.scan import fold
from beamopt.simulate.scanner import Positions, Scanner, Scatter
from beamopt.simulate.setup import Setup
from beamopt.simulate.transfer import fine_count, mean_count, scan_filter

__all__ = [
    "direct_probe",
    "expectation",
    "fine_scan",
    "mean_scan",
    "require_within",
    "routes",
]

_MOST = 50_000  # patterns to be computed for the sake of imperfections
_LOOSEST = 0.05  # share of the electrons without interference, however faded the specimen


def expectation(
    setup: Setup, acquisition: Acquisition, scatter: Scatter, imperfections: Imperfections = PERFECT
) -> Expectation:
    """Scan, let the camera collect, and say how the positions repeat.

    Parameters
    ----------
    setup
        What the engine was made for.
    acquisition
        What the operator sets.
    scatter
        The engine.
    imperfections
        What the session does to the patterns of a perfect one.

    Returns
    -------
    Expectation

    Raises
    ------
    InfeasibleError
        If the acquisition asks for larger angles than the engine was made for, or its imperfections for more patterns
        than can be computed.
    """
    require_within(setup, acquisition)
    sides = zip(setup.potential.cell, setup.field, strict=True)
    axes = [fold(side, extent, acquisition.scan_sampling) for side, extent in sides]
    wanted = axes[0].positions, axes[1].positions
    candidates = routes(setup, acquisition, scatter, imperfections, wanted)
    patterns = _affordable(candidates, acquisition, imperfections, len(wanted[0]) * len(wanted[1])).patterns()
    spread(patterns, imperfections.point_spread)
    return Expectation(
        array=patterns,
        scan_sampling=(axes[0].step, axes[1].step),
        angular_sampling=acquisition.angular_sampling(setup.pixels),
        repeats=(axes[0].repeats, axes[1].repeats),
    )


def routes(
    setup: Setup, acquisition: Acquisition, scatter: Scatter, imperfections: Imperfections, wanted: Positions
) -> list[Route]:
    """The routes that lead to the patterns of a session.

    Parameters
    ----------
    setup, acquisition, scatter, imperfections
        As `expectation`.
    wanted
        Probe positions along each axis [Å].
    """
    candidates = (
        _direct(setup, acquisition, scatter, imperfections, wanted),
        _filtered(setup, acquisition, scatter, imperfections, wanted) if imperfections.touches_scan else None,
    )
    return [route for route in candidates if route is not None]


def _direct(
    setup: Setup, acquisition: Acquisition, scatter: Scatter, imperfections: Imperfections, wanted: Positions
) -> Route | None:
    """Modes at the wanted positions; not where fading depends on the scan frequency, nor with too many modes."""
    contrast = imperfections.contrast(acquisition)
    probe = None if contrast is None else direct_probe(setup, acquisition, imperfections, contrast)
    if contrast is None or probe is None:
        return None
    mean = None if contrast == 1 else _mean(setup, acquisition, scatter, wanted)
    return Direct(Scanner(setup, acquisition, scatter, probe), wanted, contrast, mean)


def direct_probe(setup: Setup, acquisition: Acquisition, imperfections: Imperfections, contrast: float) -> Probe | None:
    """Waves that carry the source and the focal spread, the fewer the more fades; None where they are too many."""
    return partially_coherent(
        acquisition,
        setup.potential.window,
        source_size=imperfections.source_size,
        focal_spread=imperfections.focal_spread,
        tolerance=min(TOLERANCE / contrast, _LOOSEST),
    )


def mean_scan(setup: Setup, acquisition: Acquisition, scatter: Scatter) -> tuple[Scanner, Positions]:
    """A scan of one cell that gives the mean pattern."""
    potential = setup.potential
    nx, ny = (mean_count(acquisition, *sides) for sides in zip(potential.cell, potential.window, strict=True))
    scanner = Scanner(setup, acquisition, scatter, coherent(acquisition, potential.window))
    return scanner, scanner.lattice((nx, ny))


def fine_scan(
    setup: Setup, acquisition: Acquisition, scatter: Scatter, imperfections: Imperfections
) -> tuple[Scanner, Positions] | None:
    """A scan of one cell that says all about every position, with the focal spread; None with too many waves."""
    cell, window = setup.potential.cell, setup.potential.window
    probe = partially_coherent(acquisition, window, source_size=0.0, focal_spread=imperfections.focal_spread)
    if probe is None:
        return None
    scanner = Scanner(setup, acquisition, scatter, probe)
    nx, ny = (fine_count(acquisition, *sides) for sides in zip(cell, window, strict=True))
    return scanner, scanner.lattice((nx, ny))


def _mean(
    setup: Setup, acquisition: Acquisition, scatter: Scatter, wanted: Positions
) -> tuple[Scanner, Positions] | None:
    """A scan of one cell that gives the mean pattern; None where the wanted positions give it as well."""
    scanner, mean = mean_scan(setup, acquisition, scatter)
    if all(_even(w, len(m), side) for w, m, side in zip(wanted, mean, setup.potential.cell, strict=True)):
        return None
    return scanner, mean


def _even(positions: NDArray[np.float64], count: int, side: float) -> bool:
    """Whether positions, taken back into one cell, divide it evenly into at least so many steps."""
    places = np.sort((positions / side + 1e-7) % 1)
    return len(places) >= count and bool(np.ptp(np.diff(places, append=places[0] + 1)) < 1e-6)


def _filtered(
    setup: Setup, acquisition: Acquisition, scatter: Scatter, imperfections: Imperfections, wanted: Positions
) -> Route | None:
    """A fine scan of one cell; not with too many modes."""
    prepared = fine_scan(setup, acquisition, scatter, imperfections)
    if prepared is None:
        return None
    scanner, fine = prepared
    counts, shifted = (len(fine[0]), len(fine[1])), (wanted[0] - fine[0][0], wanted[1] - fine[1][0])
    keep = scan_filter(setup.potential.cell, counts, shifted, lambda q: imperfections.transfer(q, acquisition))
    return Filtered(scanner, fine, keep)


def _affordable(candidates: list[Route], acquisition: Acquisition, imperfections: Imperfections, wanted: int) -> Route:
    """The cheapest route, if patterns as many as it takes can be computed."""
    best = min(candidates, key=lambda route: route.cost, default=None)
    if best is not None and best.cost <= max(_MOST, wanted):
        return best
    takes = "too many patterns" if best is None else f"{best.cost} patterns, more than {_MOST},"
    raise InfeasibleError(
        f"{imperfections.named} at semiangle_cutoff={acquisition.semiangle_cutoff:g} mrad and "
        f"scan_sampling={acquisition.scan_sampling:g} Å takes {takes} of this cell; lower semiangle_cutoff, raise "
        "scan_sampling, or leave an imperfection out"
    )


def require_within(setup: Setup, acquisition: Acquisition) -> None:
    """Refuse larger angles than the engine was made for."""
    if acquisition.energy != setup.energy:
        raise ValueError(f"energy = {acquisition.energy:g} eV, but the engine was made for {setup.energy:g} eV")
    for knob in ("semiangle_cutoff", "detector_outer"):
        asked, limit = getattr(acquisition, knob), getattr(setup, knob)
        if asked > limit * (1 + 1e-9):
            raise InfeasibleError(
                f"{knob}={asked:g} mrad is beyond the {limit:g} mrad this engine was built for; lower it or rebuild"
            )
