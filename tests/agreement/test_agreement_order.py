"""Recommended settings come in the same order with stock abTEM, stock py4DSTEM and a correlation of this test alone."""

from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import abtem
import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.bench.plain import plain_potential, plain_ptychography
from beamopt.evaluation import Evaluator
from beamopt.front import Recommended
from beamopt.measurement import Counts
from beamopt.spec import PtychographySettings, load_study
from beamopt.study import run_study
from measured import Note

pytestmark = pytest.mark.slow

Kind = Literal["phase", "complex"]
FIELD = 16.0  # Å
FWHM = 2 * (2 * np.log(2)) ** 0.5  # standard deviations in a full width at half maximum
SMALL = {"methods": ["ptychography"], "sample.field": FIELD, "budget": {"trials": 6}}
STUDIES: dict[str, tuple[str, dict[str, object]]] = {
    "strong crystal": ("srtio3_quick", SMALL),
    "framework": ("mof_coherent", SMALL | {"sample.thickness": 30.0}),
    "strong crystal, real source": (
        "srtio3_quick",
        SMALL | {"sample.thickness": 12.0, "coherence": {"source_size": 0.8, "focal_spread": 80.0}},
    ),
}
DRAWS = 2


def spread(source: float, focal: float) -> list[tuple[float, tuple[float, float], float]]:
    """Weight, displacement of the probe and change of defocus [Å] of electrons that stand for a Gaussian session.

    Exact to third order of the displacement (four points at √2σ) and to fifth of the defocus (Gauss and Hermite).
    """
    far = np.sqrt(2) * source
    places = [(far, 0.0), (-far, 0.0), (0.0, far), (0.0, -far)] if source else [(0.0, 0.0)]
    foci = [(1 / 6, -np.sqrt(3) * focal), (2 / 3, 0.0), (1 / 6, np.sqrt(3) * focal)] if focal else [(1.0, 0.0)]
    return [(weight / len(places), place, change) for place in places for weight, change in foci]


def averaged(
    potential: Any, a: Acquisition, field: float, source: float, focal: float
) -> tuple[NDArray[np.float64], float]:
    """Patterns of all electrons of a session."""
    total, pixel = np.zeros(()), 0.0
    for weight, place, change in spread(source, focal):
        one = a.__class__(**{**a.named(), "defocus": a.defocus + change})
        array, pixel = patterns(potential, one, field, place)
        total = total + weight * array
    return total, pixel


def patterns(
    potential: Any, a: Acquisition, field: float, shift: tuple[float, float] = (0.0, 0.0)
) -> tuple[NDArray[np.float64], float]:
    """Noise-free patterns of `Probe.scan` with the whole scan shifted [Å], and their pixel [mrad]."""
    count = max(2, round(field / a.scan_sampling))
    along = np.arange(count) * a.scan_sampling
    places = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2)
    probe = abtem.Probe(energy=a.energy, semiangle_cutoff=a.semiangle_cutoff, defocus=a.defocus)
    probe.grid.match(potential)
    detector = abtem.PixelatedDetector(max_angle=a.detector_outer, resample="uniform")
    scan: Any = abtem.CustomScan(places + np.asarray(shift))
    measured: Any = probe.scan(potential, scan=scan, detectors=detector, lazy=False)
    total, pixel = np.asarray(measured.array, dtype=np.float64), float(measured.angular_sampling[0])
    side = min(total.shape[-2:]) // 2 * 2
    low = [n // 2 - side // 2 for n in total.shape[-2:]]
    square = total[..., low[0] : low[0] + side, low[1] : low[1] + side]
    return np.maximum(square, 0).reshape(count, count, side, side), pixel


def truth(potential: Any, energy: float, sampling: float, shape: tuple[int, int]) -> NDArray[np.complex128]:
    """exp(iσV) of all slices, as its Fourier series at the image's pixels."""
    sigma = abtem.core.energy.energy2sigma(energy)
    projected = np.asarray(potential.array, dtype=np.float64).sum(axis=0)
    series = np.fft.fft2(np.exp(1j * sigma * projected)) / projected.size
    waves = []
    for axis in (0, 1):
        k = np.fft.fftfreq(projected.shape[axis], potential.sampling[axis])
        kept = np.abs(k) < 0.5 / sampling
        waves.append(np.exp(2j * np.pi * sampling * np.arange(shape[axis])[:, None] * k[None, :]) * kept)
    return np.asarray(waves[0] @ series @ waves[1].T)


def agreement(
    image: NDArray[np.complexfloating], expected: NDArray[np.complexfloating], sampling: float, rim: float
) -> float:
    """½∫log2(1 + C²/(1 - C²)) d²q [bits/Å²] of the correlation C in rings, rim [Å] and an edge of cosine left out."""
    cut = round(rim / sampling)
    inner = slice(cut, -cut or None)
    a, b = (x[inner, inner] / np.abs(x[inner, inner]).mean() for x in (image, expected))
    taper = np.outer(*(np.sin(np.pi * (np.arange(n) + 0.5) / n) for n in a.shape))
    fa, fb = (np.fft.fft2(taper * (x - np.average(x, weights=taper))) for x in (a, b))
    q = np.hypot(*np.meshgrid(*(np.fft.fftfreq(n, sampling) for n in a.shape), indexing="ij"))
    ring, width, bits = np.floor(q / 0.1).astype(int), 0.1, 0.0
    strongest = max(float(np.sum(np.abs(fb[ring == n]) ** 2)) for n in range(int(0.5 / sampling / width)))
    for n in range(int(0.5 / sampling / width)):
        here = ring == n
        power = float(np.sum(np.abs(fb[here]) ** 2))
        if power < 1e-6 * strongest:
            continue
        c = float(np.real(np.vdot(fb[here], fa[here]))) / (power * float(np.sum(np.abs(fa[here]) ** 2))) ** 0.5
        c = min(max(c, 0.0), 1 - 1e-9)
        bits += 0.5 * np.log2(1 + c**2 / (1 - c**2)) * np.pi * width**2 * ((n + 1) ** 2 - n**2)
    return bits


def plainly(evaluator: Evaluator, chosen: Recommended, kind: Kind) -> float:
    """Information of a recommended setting by abTEM and py4DSTEM alone, mean over noise draws."""
    spec = evaluator.spec
    a = spec.propose(chosen.trial.params).acquisition
    potential = plain_potential(evaluator.specimen, evaluator.potential.supercell, spec.potential).build(lazy=False)
    widths = (spec.coherence.source_size, spec.coherence.focal_spread) if spec.coherence else (0.0, 0.0)
    expected, pixel = averaged(potential, a, FIELD, *(width / FWHM for width in widths))
    seen = a.__class__(**{**a.named(), "detector_outer": expected.shape[-1] * pixel / 2})
    electrons = a.dose_per_area * a.scan_sampling**2
    found = []
    for draw in range(DRAWS):
        counted = np.random.default_rng([77, draw]).poisson(expected * electrons).astype(np.uint16)
        counts = Counts(
            array=counted,
            scan_sampling=(a.scan_sampling, a.scan_sampling),
            angular_sampling=pixel,
            electrons_per_pattern=electrons,
        )
        settings = PtychographySettings(
            batch=-(-counted[..., 0, 0].size // 10), iterations=8, start="flat", object_type=kind
        )
        image = plain_ptychography(counts, seen, settings, evaluator.potential.thickness)
        wanted = truth(potential, a.energy, image.sampling[0], image.transmission.shape)
        rim = min(3.0, a.defocus * a.semiangle_cutoff * 1e-3 / 2)
        found.append(agreement(image.transmission, wanted, image.sampling[0], rim))
    return float(np.mean(found))


@pytest.mark.parametrize("case", STUDIES)
def test_the_order_of_what_is_recommended_is_that_of_stock_programs(case: str, tmp_path: Path, note: Note) -> None:
    name, changes = STUDIES[case]
    outcome = run_study(load_study(name, changes), home=tmp_path)
    evaluator = Evaluator.prepare(outcome.spec)
    rows = [(one, one.expected["ptychography.information"]) for one in outcome.recommended]
    assert len(rows) >= 2
    stock = {one.trial.number: plainly(evaluator, one, "complex" if "strong" in case else "phase") for one, _ in rows}
    for one, told in rows:
        note(f"{case}, {one.role}, trial {one.trial.number}", told.in_words(), f"stock: {stock[one.trial.number]:.3f}")
    compared = 0
    for (one, first), (other, second) in combinations(rows, 2):
        if first.low > second.high or second.low > first.high:
            compared += 1
            assert (first.mean > second.mean) == (stock[one.trial.number] > stock[other.trial.number])
    assert compared
