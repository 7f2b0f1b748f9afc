"""Everything that can go wrong by name: each error is one line that says what, value and unit, limit and remedy."""

from collections.abc import Sequence
from typing import Self

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

    @classmethod
    def naming(cls, broken: Sequence[tuple[float, str]]) -> Self:
        """Name every limit that is broken in one sentence, the one exceeded by the largest share first.

        Parameters
        ----------
        broken
            Share by which each limit is exceeded, and what to say of it.

        Examples
        --------
        >>> str(InfeasibleError.naming([(0.1, "too wide; lower defocus"), (2.0, "too fast; raise the step")]))
        'too fast; raise the step; also too wide; lower defocus'
        """
        return cls("; also ".join(sentence for _, sentence in sorted(broken, key=lambda one: -one[0])))


class EvaluationError(BeamoptError):
    """One acquisition was carried out and gave no usable result, for instance a reconstruction that diverged."""

    exit_code = 1
