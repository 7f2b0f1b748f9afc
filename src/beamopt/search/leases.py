"""Leases on trials: which are running and who owns them; those of a dead owner are handed out again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

from optuna.trial import FrozenTrial, TrialState

from beamopt.search.heartbeat import OWNER, Heartbeat, HeartbeatMonitor
from beamopt.search.place import Place
from beamopt.search.records import interruptions
from beamopt.search.retries import RetryingStorage

__all__ = ["Leases"]


@final
class Leases:
    """The trials that one coordinator holds in one study.

    Parameters
    ----------
    place
        Where the study is kept.
    storage
        The same, open.
    study
        Its key there.
    """

    def __init__(self, place: Place, storage: RetryingStorage, study: int) -> None:
        self.held: dict[int, int] = {}  # Optuna's key by number
        self.locked = False
        self._place, self._storage, self._study = place, storage, study
        self._heartbeat = Heartbeat(self._write_attribute)
        self._monitor = HeartbeatMonitor()

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Hold leases in this block; on a server, send heartbeats all the while."""
        self.locked = True
        try:
            if self._place.shared:
                with self._heartbeat.beating():
                    yield
            else:
                with self._storage.alone():
                    yield
        finally:
            self.locked = False

    @property
    def signature(self) -> dict[str, str]:
        """Attributes of a trial that is held; empty where nobody else could hold one."""
        return {OWNER: self._heartbeat.owner} if self._place.shared else {}

    def claim(self, trial: FrozenTrial) -> bool:
        """Begin a trial that waits; False where another coordinator was quicker."""
        key = self._storage.key(self._study, trial.number)
        if not self._storage.move(key, TrialState.RUNNING):
            return False
        for name, value in self.signature.items():
            self._storage.note(key, name, value)
        self.held[trial.number] = key
        return True

    def taken(self, number: int) -> bool:
        """Whether another coordinator took a trial over while this one was thought dead; then its result counts."""
        if not self._place.shared:
            return False
        trial = self._storage.trials(self._study)[number]
        return trial.state != TrialState.RUNNING or not self._is_ours(trial)

    def give_back(self, number: int) -> None:
        """Requeue one trial, as new, unless another coordinator took it over."""
        taken, key = self.taken(number), self.held.pop(number)
        if not taken:
            self._storage.move(key, TrialState.WAITING)

    def release(self) -> None:
        """Requeue every running trial that this coordinator owns, listed in `held` or not."""
        for trial in self._storage.trials(self._study):
            if trial.state == TrialState.RUNNING and self._is_ours(trial):
                self._storage.move(self._storage.key(self._study, trial.number), TrialState.WAITING)
        self.held.clear()

    def requeue_dead(self) -> tuple[int, ...]:
        """Requeue every trial that a dead owner left running, and count the interruption."""
        if self._place.shared:
            self._monitor.look(self._storage.study_attributes(self._study))
        left = [trial for trial in self._storage.trials(self._study) if self._is_left(trial)]
        for trial in left:
            key = self._storage.key(self._study, trial.number)
            self._storage.note(key, "interruptions", interruptions(trial) + 1)
            self._storage.move(key, TrialState.WAITING)
        return tuple(trial.number for trial in left)

    def _is_left(self, trial: FrozenTrial) -> bool:
        if trial.state != TrialState.RUNNING or trial.number in self.held:
            return False
        return not self._place.shared or self._monitor.dead(str(trial.user_attrs.get(OWNER, "")))

    def _is_ours(self, trial: FrozenTrial) -> bool:
        if self._place.shared:
            return trial.user_attrs.get(OWNER) == self._heartbeat.owner
        return self.locked or trial.number in self.held

    def _write_attribute(self, name: str, value: int) -> None:
        with self._place.storing():
            self._storage.set_study_attribute(self._study, name, value)
