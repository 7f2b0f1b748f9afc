"""Which study file a stored study was made from, and what differs when another one comes under its name."""

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import optuna
from pydantic import ValidationError

from beamopt.errors import ConflictError
from beamopt.spec import StudySpec

__all__ = ["differences", "identify", "is_identified", "stored_spec"]

# May change without changing a number.
_FREE = ("title", "budget.trials", "budget.stagnant", "sampler.start", "sampler.name")
_SHOWN = 3


def identify(study: optuna.Study, spec: StudySpec) -> None:
    """Write the study's identity into a new study, or check it in an old one.

    Raises
    ------
    ConflictError
        When trials under this name came from a file that gives other numbers.
    """
    kept = study.user_attrs
    if "fingerprint" not in kept and study.get_trials(deepcopy=False):
        raise ConflictError(f"study '{spec.name}' was not made by beamopt; use another name or another --home")
    if "fingerprint" in kept and kept["fingerprint"] != spec.fingerprint():
        changes = "; ".join(filter(None, (_rewritten(kept, spec), differences(kept["study"], spec.resolved()))))
        raise ConflictError(
            f"study '{spec.name}' was made from another file: {changes}; use another name or the old file"
        )
    if kept.get("study") != spec.resolved():
        study.set_user_attr("study", spec.resolved())
    if kept.get("files", {}) != spec.file_digests():
        study.set_user_attr("files", spec.file_digests())
    if "fingerprint" not in kept:
        study.set_user_attr("beamopt", version("beamopt"))
        study.set_user_attr("fingerprint", spec.fingerprint())  # last: its presence says that the rest is there


def _rewritten(kept: Mapping[str, Any], spec: StudySpec) -> str:
    """Which files that both studies name hold something else now; earlier versions did not say what they held."""
    now, was = spec.file_digests(), kept.get("files", {})
    same = differences(kept["study"], spec.resolved()) == ""
    changed = [key for key, digest in now.items() if (key in was and was[key] != digest) or (not was and same)]
    named = {key: Path(spec.resolved()[key.split(".")[0]][key.split(".")[1]]).name for key in changed}
    return "; ".join(f"{key}: what {name} holds has changed" for key, name in named.items())


def is_identified(study: optuna.Study) -> bool:
    """Whether a study is whole: one that is just being made has neither identity nor trials."""
    return "fingerprint" in study.user_attrs or bool(study.get_trials(deepcopy=False))


def stored_spec(study: optuna.Study) -> StudySpec:
    """Study file that a stored study was made from, every default written out.

    Raises
    ------
    ConflictError
        When it was stored by something that this version does not understand.
    """
    kept = study.user_attrs
    try:
        return StudySpec.model_validate(kept["study"])
    except (KeyError, ValidationError):
        by = f"beamopt {kept['beamopt']}" if "beamopt" in kept else "another program"
        raise ConflictError(
            f"study '{study.study_name}' was stored by {by} in a form that is not understood; use that one"
        ) from None


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """First differences of two resolved studies.

    Examples
    --------
    >>> differences({"seed": 1, "sample": {"thickness": 100.0}}, {"seed": 1, "sample": {"thickness": 80.0}})
    'sample.thickness: 100.0 -> 80.0'
    """
    was, now = dict(_flat(old)), dict(_flat(new))
    changed = [
        f"{key}: {was.get(key, 'absent')} -> {now.get(key, 'absent')}"
        for key in [*was, *(key for key in now if key not in was)]
        if key not in _FREE and was.get(key, "absent") != now.get(key, "absent")
    ]
    more = f"; and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return "; ".join(changed[:_SHOWN]) + more


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", json.dumps(value, ensure_ascii=False)
