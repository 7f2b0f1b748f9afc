"""Calls to a database that may be unreachable for a while: they are retried, and nothing is stored twice."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, final

import optuna
import sqlalchemy.exc
from optuna.trial import FrozenTrial, TrialState

__all__ = ["RetryingStorage", "with_retries"]

_T = TypeVar("_T")

_TICKET = "ticket"
_PAUSE = 0.25  # s, doubled from try to try
_LONGEST_PAUSE = 5.0  # s


def with_retries(call: Callable[[], _T], patience: float) -> _T:
    """Retry a call while the database is unreachable, for `patience` seconds at most; then raise its error."""
    begun, pause = time.monotonic(), _PAUSE
    while True:
        try:
            return call()
        except (sqlalchemy.exc.SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
            if not _away(error) or time.monotonic() - begun + pause > patience:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


@final
class RetryingStorage:
    """The part of an Optuna storage that a search uses, each call retried until it is known to have taken effect.

    Parameters
    ----------
    storage
        Optuna's.
    patience
        Timeout of the retries [s]; 0 for a file, which is never retried.
    """

    def __init__(self, storage: optuna.storages.BaseStorage, patience: float) -> None:
        self._storage, self._patience = storage, patience
        self._alone = False
        self._kept: dict[int, FrozenTrial] = {}  # by key, in number order; empty where nothing is known
        self._written: set[int] = set()  # keys of trials that are no longer as they are in `_kept`

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes in this block: only what was written here is read again, however many trials there are."""
        self._alone, self._kept = True, {}
        try:
            yield
        finally:
            self._alone, self._kept = False, {}

    def trials(self, study: int) -> list[FrozenTrial]:
        """Every trial in number order."""
        if not self._kept:
            every = with_retries(lambda: self._storage.get_all_trials(study, deepcopy=False), self._patience)
            if not self._alone:
                return every
            self._kept = {trial._trial_id: trial for trial in every}  # noqa: SLF001 (asking would read each again)
        else:
            for key in sorted(self._written):
                self._kept[key] = self._storage.get_trial(key)
        self._written.clear()
        return list(self._kept.values())

    def create(self, study: int, trial: FrozenTrial) -> int:
        """Store a new trial; its key. A ticket tells whether a call that failed has stored it all the same."""
        ticket = secrets.token_hex(8)
        if self._patience:
            trial.set_user_attr(_TICKET, ticket)
        tried = False

        def once() -> int:
            nonlocal tried
            if tried:
                for known in self._storage.get_all_trials(study, deepcopy=False):
                    if known.user_attrs.get(_TICKET) == ticket:
                        return known._trial_id  # noqa: SLF001 (the public way asks the database again)
            tried = True
            return self._storage.create_new_trial(study, trial)

        kept, self._kept = self._kept, {}  # whoever interrupts this reads all of them again
        key = with_retries(once, self._patience)
        self._written.add(key)
        self._kept = kept
        return key

    def note(self, key: int, name: str, value: Any) -> None:  # noqa: ANN401 (JSON)
        """Set an attribute of a trial."""
        self._written.add(key)
        with_retries(lambda: self._storage.set_trial_user_attr(key, name, value), self._patience)

    def note_system(self, key: int, name: str, value: Any) -> None:  # noqa: ANN401 (JSON)
        """Set one of Optuna's own attributes of a trial."""
        self._written.add(key)
        with_retries(lambda: self._storage.set_trial_system_attr(key, name, value), self._patience)

    def move(self, key: int, state: TrialState, values: list[float] | None = None) -> bool:
        """Change a trial's state; False where another coordinator began it first."""
        self._written.add(key)
        tried = False

        def once() -> bool:
            nonlocal tried
            if tried and self._storage.get_trial(key).state == state:
                return True
            tried = True
            return self._storage.set_trial_state_values(key, state, values)

        return with_retries(once, self._patience)

    def number(self, key: int) -> int:
        """Number of a trial."""
        return with_retries(lambda: self._storage.get_trial_number_from_id(key), self._patience)

    def key(self, study: int, number: int) -> int:
        """Key of a trial."""
        return with_retries(
            lambda: self._storage.get_trial_id_from_study_id_trial_number(study, number), self._patience
        )

    def study_attributes(self, study: int) -> dict[str, Any]:
        """Attributes of the study."""
        return with_retries(lambda: self._storage.get_study_user_attrs(study), self._patience)

    def set_study_attribute(self, study: int, name: str, value: Any) -> None:  # noqa: ANN401 (JSON)
        """Set an attribute of the study."""
        with_retries(lambda: self._storage.set_study_user_attr(study, name, value), self._patience)


def _away(error: BaseException) -> bool:
    """Whether an error means that the server is unreachable, not that the call is wrong."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError)):
            return True
        if isinstance(cause, sqlalchemy.exc.DBAPIError) and cause.connection_invalidated:
            return True
        cause = cause.__cause__ or cause.__context__
    return False
