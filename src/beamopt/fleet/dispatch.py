"""Tasks to Dask and answers back: as many at once as there are workers, the rest waits here."""

import time
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, final

from distributed import Client, Future, KilledWorker

from beamopt.errors import FleetError
from beamopt.fleet.crew import Job, Told
from beamopt.fleet.parcel import answer_from, written
from beamopt.fleet.values import Answer, Task

__all__ = ["Dispatch", "Tend"]

Tend = Callable[[], None]
"""Called now and then, so that workers which are gone for good get successors."""

_GONE = "the Dask scheduler is gone; every finished trial is kept, run again to go on"
_BEAT = 1.0  # s between two looks at the cluster


@final
class Dispatch:
    """A crew of Dask workers.

    Parameters
    ----------
    client
        Connected.
    study
        As JSON text.
    topic
        Where the workers report.
    job
        What they do.
    fatal
        What is said of a task that killed every worker that tried it.
    count
        Workers of a cluster of fixed size; whatever there is at the time where None.
    tend
        Looks after the workers.
    """

    def __init__(
        self, client: Client, *, study: str, topic: str, job: Job, fatal: str, count: int | None, tend: Tend
    ) -> None:
        self._client, self._study, self._topic, self._job = client, study, topic, job
        self._fatal, self._count, self._tend = fatal, count, tend
        self._waiting: deque[Task] = deque()
        self._running: dict[int, Future[Any]] = {}
        self._done: dict[int, Answer] = {}
        self._inbox: SimpleQueue[dict[str, Any] | Future[Any]] = SimpleQueue()
        self._turn = Lock()
        self._known, self._looked = 0, -_BEAT
        client.subscribe_topic(topic, lambda event: self._inbox.put(event[1]))

    @property
    def slots(self) -> int:
        """See `Crew`; at least 1, for workers that are still to come."""
        now = time.monotonic()
        if self._count is None and now - self._looked >= _BEAT:
            self._looked, self._known = now, sum(self._client.nthreads().values())
        return max(self._count or self._known, 1)

    def submit(self, task: Task) -> None:
        """See `Crew`."""
        self._waiting.append(task)
        self._send()

    def collect(self, number: int | None, told: Told) -> Answer:
        """See `Crew`.

        Raises
        ------
        FleetError
            When the scheduler is gone.
        """
        while True:
            self._send()
            if number in self._done or (number is None and self._done):
                return self._done.pop(next(iter(self._done)) if number is None else number)
            try:
                news = self._inbox.get(timeout=_BEAT)
            except Empty:
                self._require_scheduler()
                self._tend()
                continue
            if isinstance(news, Future):
                self._receive(news)
            elif news["number"] in self._running:
                told(news["number"], news["stage"], news["fraction"])

    def withdraw(self) -> tuple[int, ...]:
        """See `Crew`."""
        with self._turn:
            taken = tuple(task.number for task in self._waiting)
            self._waiting.clear()
        return taken

    def drop(self) -> None:
        """Forget what is still under way."""
        self.withdraw()
        for future in self._running.values():
            future.cancel(force=True)
        self._running.clear()

    def _send(self) -> None:
        with self._turn:
            busy = sum(not future.done() for future in self._running.values())
            for _ in range(min(len(self._waiting), self.slots - busy)):
                task = self._waiting.popleft()
                key = f"{self._topic}-{task.number}-{task.attempt}"
                future = self._client.submit(
                    self._job, self._study, written(task), self._topic, key=key, pure=False, retries=0
                )
                self._running[task.number] = future
                future.add_done_callback(self._hear)

    def _hear(self, future: Future[Any]) -> None:
        """In a thread of Dask's: a worker that has ended goes on while the loop still records what others found."""
        self._inbox.put(future)
        self._send()

    def _receive(self, future: Future[Any]) -> None:
        number = next((n for n, running in self._running.items() if running.key == future.key), None)
        if number is None:
            return
        if future.status in ("pending", "lost"):
            # The worker died with the answer before it was fetched: Dask has it evaluated once more.
            future.add_done_callback(self._hear)
            return
        if future.status == "cancelled":
            raise FleetError(_GONE)
        try:
            self._done[number] = answer_from(future.result())
        except KilledWorker:
            self._done[number] = Answer(number=number, state="failed", reason=self._fatal)
        with self._turn:
            del self._running[number]

    def _require_scheduler(self) -> None:
        if self._client.status != "running":
            raise FleetError(_GONE)
