"""Everything that can go wrong by name: each error is one line that says what, value and unit, limit and remedy."""

__all__ = [
    "BeamoptError",
    "ConflictError",
    "EvaluationError",
    "FleetError",
    "InfeasibleError",
    "InputError",
    "LockedError",
    "NothingFeasibleError",
    "StorageError",
]


class BeamoptError(Exception):
    """Base of every error that beamopt raises on purpose; anything else is a bug and ends the study loudly."""

    exit_code = 1


class InputError(BeamoptError):
    """The study file, a structure file or an option cannot be used as written; nothing has been computed or stored."""

    exit_code = 2


class NothingFeasibleError(BeamoptError):
    """A study ended without one acquisition that satisfies its constraints."""

    exit_code = 3


class ConflictError(BeamoptError):
    """A study of this name exists and was made from a different study file."""

    exit_code = 4


class StorageError(BeamoptError):
    """A database or folder could not be read or written."""

    exit_code = 74


class FleetError(BeamoptError):
    """The workers of a study, or their scheduler, cannot be reached any more."""

    exit_code = 74


class LockedError(BeamoptError):
    """Another process is running this study."""

    exit_code = 75


class InfeasibleError(BeamoptError):
    """One proposed acquisition cannot be carried out; the study records the reason and goes on."""

    exit_code = 2


class EvaluationError(BeamoptError):
    """One acquisition was carried out and gave no usable result, for instance a reconstruction that diverged."""

    exit_code = 1
