"""What was seen in a trial, as the images and figures that are kept of it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from beamopt import report
from beamopt.evaluation import Evaluation

__all__ = ["trial_figures", "trial_images"]

_DPI = 90  # enough for a page; a trial waits for its figure


def trial_images(evaluation: Evaluation) -> dict[str, NDArray[np.floating]]:
    """Phase of truths, images and their differences [rad], and the central pattern noise-free and noisy.

    Returns
    -------
    dict
        ``method/phase``, ``method/truth`` and ``method/difference`` ``(x, y)``, each phase against its own mean, the
        constant being nobody's knowledge; ``pattern/expected`` and ``pattern/counted`` as square roots ``(kx, ky)``.
    """
    images: dict[str, NDArray[np.floating]] = {}
    for method, result in evaluation.methods.items():
        images[f"{method}/phase"] = _phase(result.reconstruction.transmission)
        images[f"{method}/truth"] = _phase(result.truth)
        images[f"{method}/difference"] = images[f"{method}/phase"] - images[f"{method}/truth"]
    held = evaluation.expected.array
    centre = (held.shape[0] // 2, held.shape[1] // 2)
    counted = evaluation.counted.array[centre].astype(np.float32)
    images["pattern/expected"] = np.sqrt(held[centre])
    images["pattern/counted"] = np.sqrt(counted)
    return images


def trial_figures(evaluation: Evaluation) -> Mapping[str, bytes]:
    """PNG files by name: the Fourier ring correlation of every method beside the limits.

    Parameters
    ----------
    evaluation
        Its first replicate is drawn.
    """
    scores = {method: result.scores[0] for method, result in evaluation.methods.items()}
    return {"frc.png": report.png(report.frc_figure(scores, evaluation.curves), dpi=_DPI)}


def _phase(transmission: NDArray[np.complex64]) -> NDArray[np.float32]:
    return np.asarray(np.angle(transmission * np.conj(transmission.mean())), dtype=np.float32)
