"""Names under which a trial's numbers are recorded; they are built and read here and nowhere else.

``METHOD.SCORE`` is a score, ``METHOD.SCORE_std`` its spread over the noise draws, ``METHOD.unresolved`` and
``METHOD.doubtful`` are marks, ``limit.NAME`` and ``efficiency.METHOD`` what physics allows and how much of it was
reached, ``session.NAME`` what the operator sets, ``seconds.STAGE`` where the time went. Everything else is a knob.
"""

from collections.abc import Mapping

__all__ = [
    "EFFICIENCIES",
    "doubtful",
    "efficiency",
    "limit",
    "limits_in",
    "method_of",
    "of_session",
    "score",
    "score_of",
    "seconds",
    "session",
    "session_in",
    "shares_in",
    "spread",
    "spreads_in",
    "unit_by_kind",
    "unresolved",
    "without_spread",
]

_SPREAD = "_std"
_LIMIT, _SESSION, _SECONDS, _EFFICIENCY = "limit.", "session.", "seconds.", "efficiency."

EFFICIENCIES: Mapping[str, str] = {"linear": "efficiency", "full": "efficiency_full", "quantum": "efficiency_quantum"}
"""By limit, the word under which a method's share of it is recorded."""


def score(method: str, name: str) -> str:
    """Name of a method's score.

    Examples
    --------
    >>> score("icom", "information"), spread(score("icom", "information"))
    ('icom.information', 'icom.information_std')
    """
    return f"{method}.{name}"


def method_of(metric: str) -> str:
    """Method that a metric names; empty where it names none.

    Examples
    --------
    >>> method_of("icom.ssim"), method_of("ssim"), score_of("icom.ssim"), without_spread("icom.ssim_std")
    ('icom', '', 'ssim', 'icom.ssim')
    """
    return metric.rpartition(".")[0]


def score_of(metric: str) -> str:
    """Score that a metric is, without its method."""
    return metric.rpartition(".")[2]


def spread(metric: str) -> str:
    """Name of the standard deviation of a score over the noise draws."""
    return metric + _SPREAD


def without_spread(metric: str) -> str:
    """Name of the score that a metric is, or is the spread of."""
    return metric.removesuffix(_SPREAD)


def spreads_in(metrics: Mapping[str, float]) -> dict[str, float]:
    """Every spread that was recorded."""
    return {name: value for name, value in metrics.items() if name.endswith(_SPREAD)}


def of_session(metric: str, kind: str) -> str:
    """Name of a score in the ``calm`` session, or its ``mean`` or ``worst`` over all sessions."""
    return f"{metric}_{kind}"


def unresolved(method: str) -> str:
    """Name of the mark of an image that resolves nothing."""
    return f"{method}.unresolved"


def doubtful(method: str) -> str:
    """Name of the mark of a method that does not hold on the specimen."""
    return f"{method}.doubtful"


def limit(name: str) -> str:
    """Name of a limit of information."""
    return _LIMIT + name


def limits_in(metrics: Mapping[str, float]) -> dict[str, float]:
    """Limits that were recorded, by their own name."""
    return {name.removeprefix(_LIMIT): value for name, value in metrics.items() if name.startswith(_LIMIT)}


def efficiency(method: str, of: str = "linear") -> str:
    """Name of a method's share of a limit."""
    return f"{EFFICIENCIES[of]}.{method}"


def shares_in(metrics: Mapping[str, float]) -> dict[str, float]:
    """Shares of the linear limit that were recorded, by method."""
    return {name.removeprefix(_EFFICIENCY): value for name, value in metrics.items() if name.startswith(_EFFICIENCY)}


def session(name: str) -> str:
    """Name of a number of the session, unit included, for instance ``session.dwell_microseconds``."""
    return _SESSION + name


def session_in(metrics: Mapping[str, float]) -> dict[str, float]:
    """Numbers of the session that were recorded, by their own name."""
    return {name.removeprefix(_SESSION): value for name, value in metrics.items() if name.startswith(_SESSION)}


def seconds(stage: str) -> str:
    """Name of the time that a stage took."""
    return _SECONDS + stage


def unit_by_kind(metric: str) -> str | None:
    """Unit of a metric that its kind tells; None where score or knob do.

    Examples
    --------
    >>> unit_by_kind("limit.linear"), unit_by_kind("seconds.score"), unit_by_kind("icom.ssim")
    ('bits/Å²', 's', None)
    """
    return next((unit for kind, unit in {_LIMIT: "bits/Å²", _SECONDS: "s"}.items() if metric.startswith(kind)), None)
