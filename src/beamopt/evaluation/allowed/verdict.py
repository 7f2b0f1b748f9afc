"""What to think of a score: where its method does not hold, and where it is above its limit."""

from collections.abc import Mapping
from dataclasses import replace

from beamopt.evaluation.result import MethodResult
from beamopt.spec import METHODS

__all__ = ["doubted", "excesses"]

_RELATIVE, _LEAST = 0.1, 0.02
"""Allowed for the noise of one draw, an estimate: a share of the information, and bits/Å² of an image of noise."""

_REASONS = {
    "linear": "dark field and a strong object tell more than linear theory knows",
    "full": "prior knowledge adds to the measurement (a pure phase object, a smooth image)",
    "quantum": "prior knowledge adds to the measurement (a pure phase object, a smooth image)",
}


def doubted(methods: Mapping[str, MethodResult], doubt: str) -> dict[str, MethodResult]:
    """The same results; those of methods that want a weak object carry the doubt where the specimen is none.

    Optimum bright field scored 3.2 bits/Å² on 39 Å of SrTiO3 with a phase_nrmse of 3.5, where a blank image has 1: the
    pattern of the image agrees with the truth, its values do not.

    Parameters
    ----------
    methods
        Results by method.
    doubt
        Why the weak-object model is doubtful on this specimen; empty where it holds.
    """
    told = f"{doubt}: spacings may be right, values in rad are not" if doubt else ""
    return {
        method: replace(result, reconstruction=replace(result.reconstruction, doubt=told))
        if METHODS[method].weak
        else result
        for method, result in methods.items()
    }


def excesses(methods: Mapping[str, MethodResult], limits: Mapping[str, float], doubt: str) -> tuple[str, ...]:
    """One sentence for every method that scored more than a limit allows beyond noise: the highest such limit.

    Parameters
    ----------
    methods
        Results by method.
    limits
        ``linear``, ``full`` and ``quantum`` [bits/Å²], as far as they are known.
    doubt
        Why the weak-object model is doubtful on this specimen; empty where it holds.
    """
    sentences = []
    for method, result in methods.items():
        value = result.mean()["information"]
        beaten = [
            name for name in ("quantum", "full", "linear") if name in limits and limits[name] < value - _noise(result)
        ]
        if not beaten:
            continue
        limit = beaten[0]
        reasons = _REASONS[limit] + (", and the limit stands on the weak-object model, doubtful here" if doubt else "")
        sentences.append(
            f"{method}: {value:.3g} bits/Å² is more than the {limit} limit of {limits[limit]:.3g} allows; "
            f"legitimate where {reasons}, else an error"
        )
    return tuple(sentences)


def _noise(result: MethodResult) -> float:
    """What chance may add to the mean [bits/Å²]: three standard errors, estimated from the score where drawn once."""
    mean, spread = result.mean()["information"], result.std().get("information")
    once = _RELATIVE * mean + _LEAST
    return once if spread is None else max(3 * spread / len(result.scores) ** 0.5, once / len(result.scores) ** 0.5)
