"""What a camera of the catalogue does to the patterns, where the study file does not say it itself."""

from typing import Any

from beamopt.catalogue import Detector
from beamopt.spec import CameraSpec

__all__ = ["camera_of", "response_said", "whole_binnings"]

_MOST = 128  # pixels a side; more cost time in proportion and tell little more of a bright-field disc
_LEAST = 16


def camera_of(detector: Detector, camera: CameraSpec) -> CameraSpec:
    """The study's camera with what it leaves out taken from the detector; its own numbers stand.

    Parameters
    ----------
    detector
        Gives ``dqe``, ``point_spread`` in pixels after binning, and ``pixels``: the finest whole binning of its shorter
        side to at most 128.
    camera
        Of the study file.

    Examples
    --------
    >>> from beamopt.catalogue import load_detector
    >>> camera_of(load_detector("4D-Camera"), CameraSpec(dqe=1.0))
    CameraSpec(pixels=96, dqe=1.0, point_spread=0.05, background=0.0)
    """
    given = camera.model_fields_set
    pixels = camera.pixels if "pixels" in given else _pixels(detector)
    known: dict[str, Any] = {
        "pixels": pixels,
        "dqe": detector.dqe,
        "point_spread": round(detector.point_spread * pixels / min(detector.pixels), 6),
    }
    return camera.model_copy(update={name: value for name, value in known.items() if name not in given})


def response_said(detector: Detector, camera: CameraSpec) -> tuple[str, ...]:
    """One sentence for each number of a camera that is the detector's and was not read in its source.

    Parameters
    ----------
    detector, camera
        As `camera_of` takes them and gives it.

    Examples
    --------
    >>> from beamopt.catalogue import load_detector
    >>> g2 = load_detector("EMPAD-G2")
    >>> response_said(g2, camera_of(g2, CameraSpec(point_spread=0.2)))
    ('dqe of EMPAD-G2: 0.9 (guess), beamopt, counting detectors of this kind lie between 0.75 and 0.95',)
    """
    taken = camera_of(detector, CameraSpec(pixels=camera.pixels))
    sentences = []
    for name in ("dqe", "point_spread"):
        standing = detector.standing[name]
        if getattr(camera, name) == getattr(taken, name) and standing.status != "read":
            sentences.append(f"{name} of {detector.name}: {detector.stated(name)}, {standing.source}")
    return tuple(sentences)


def whole_binnings(side: int) -> list[int]:
    """Even numbers of pixels, the finest first, to which a detector's side can be binned without a remainder.

    Examples
    --------
    >>> whole_binnings(576)[:5]
    [576, 288, 192, 144, 96]
    """
    return [side // by for by in range(1, side // _LEAST + 1) if side % by == 0 and side // by % 2 == 0]


def _pixels(detector: Detector) -> int:
    """Finest whole binning to at most 128 pixels; 128 where there is none, of which the session's advice warns."""
    return next((n for n in whole_binnings(min(detector.pixels)) if n <= _MOST), _MOST)
