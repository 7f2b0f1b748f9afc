"""Which of a study's pictures a page carries, and how wide a field each shows."""

import base64
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from beamopt.report.images import round_length
from beamopt.report.review import Review
from beamopt.report.words import label
from beamopt.spec import METHODS, Proposal
from beamopt.trial import Trial

__all__ = ["data_address", "field_width", "pictured", "png_size"]

_TITLES = {
    "truth": "truth",
    "difference": "difference from the truth",
    "expected": "pattern, endless dose",
    "counted": "pattern, counted",
    "frc": "correlation with the truth",
}


def pictured(review: Review, budget: int) -> dict[int, list[dict[str, Any]]]:
    """Pictures by trial, as many as fit: all of the front's first, then image and truth of the first method.

    Parameters
    ----------
    review
        The study.
    budget
        Bytes that all of them together may take in the page.

    Returns
    -------
    dict
        Trial number to pictures, each with ``title``, ``src`` (a data address), ``alt``, ``width`` and ``height``
        [pixels], and where the field is known ``bar`` [Å] and ``share``, the bar's share of the width.
    """
    pictures: dict[int, list[dict[str, Any]]] = {}
    left = budget
    for trial, names in _wanted(review):
        shown = [one for name in names if (one := _picture(review, trial, name))]
        cost = sum(len(one["src"]) for one in shown)
        if shown and cost <= left:
            pictures[trial.number] = shown
            left -= cost
    return pictures


def data_address(content: bytes, kind: str = "image/png") -> str:
    """Address that holds a file itself."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def png_size(content: bytes) -> tuple[int, int]:
    """Width and height [pixels] of a PNG file, (0, 0) of anything else.

    Examples
    --------
    >>> png_size(b"no picture")
    (0, 0)
    """
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or len(content) < 24:
        return 0, 0
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def field_width(proposal: Proposal, camera: int, sizes: Mapping[str, tuple[int, int]]) -> float | None:
    """Width of the field that all images of a trial show [Å]; None where no method says.

    Parameters
    ----------
    proposal
        The setting and how it was reconstructed.
    camera
        Camera pixels along each side.
    sizes
        Name of a picture to its width and height [pixels].
    """
    for method in METHODS:
        shown = method in proposal.settings and f"{method}/phase" in sizes
        pixel = proposal.settings[method].pixel(proposal.acquisition, camera) if shown else None
        if pixel is not None:
            return sizes[f"{method}/phase"][0] * pixel
    return None


def _wanted(review: Review) -> Iterator[tuple[Trial, tuple[str, ...]]]:
    front = {t.number for t in review.front} | set(review.recommended)
    first = review.spec.methods[0]
    for trial in sorted(review.finished, key=lambda t: (t.number not in front, t.number)):
        held = review.pictures.get(trial.number, {})
        names = _order(review, held) if trial.number in front else (f"{first}/phase", f"{first}/truth")
        yield trial, tuple(name for name in names if name in held)


def _order(review: Review, held: Mapping[str, Path]) -> tuple[str, ...]:
    """First method with its truth and difference, the other methods, patterns, figures."""
    first, *others = review.spec.methods
    images = [f"{first}/{what}" for what in ("phase", "truth", "difference")] + [f"{m}/phase" for m in others]
    return (*images, "pattern/expected", "pattern/counted", *(name for name in held if name.startswith("figure/")))


def _picture(review: Review, trial: Trial, name: str) -> dict[str, Any] | None:
    content = _read(review.pictures[trial.number][name])
    width, height = png_size(content)
    if not width:
        return None
    of, _, what = name.partition("/")
    title = _TITLES.get(what, label(of))
    kind = of if of in ("pattern", "figure") else "image"
    shown = {"title": title, "src": data_address(content), "width": width, "height": height, "kind": kind}
    shown["alt"] = f"{title} of trial {trial.number}"
    if kind != "image":
        return shown
    sizes = {n: png_size(_read(p)) for n, p in review.pictures[trial.number].items() if n.endswith("/phase")}
    field = field_width(review.spec.propose(trial.params), review.spec.camera.pixels, sizes)
    if field:
        bar = round_length(field)
        shown |= {"bar": f"{bar:g} Å", "share": round(100 * bar / field, 2)}
    return shown


def _read(path: Path) -> bytes:
    """Content of a picture, nothing where it has gone."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
