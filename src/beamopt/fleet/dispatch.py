"""Tasks to Dask and answers back: at most two tasks per worker are with Dask, the rest is queued here."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, final

from distributed import Client, Future, KilledWorker
from distributed.client import ClosedClientError

from beamopt.errors import FleetError
from beamopt.fleet.messages import answer_from, written
from beamopt.fleet.pool import Job, OnProgress
from beamopt.fleet.values import Answer, Task

__all__ = ["Dispatch", "Tend"]

Tend = Callable[[], None]
"""Called once per heartbeat while an answer is awaited; replaces lost workers."""

_GONE = "the Dask scheduler is gone; every finished trial is kept, run again to go on"
_BEAT = 1.0  # s between two checks of the cluster


@final
class Dispatch:
    """A pool of Dask workers.

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
        Reason recorded for a task that killed every worker that tried it.
    count
        Workers of a cluster of fixed size; whatever there is at the time where None.
    tend
        Replaces lost workers.
    """

    def __init__(
        self, client: Client, *, study: str, topic: str, job: Job, fatal: str, count: int | None, tend: Tend
    ) -> None:
        self._client, self._study, self._topic, self._job = client, study, topic, job
        self._fatal, self._count, self._tend = fatal, count, tend
        self._waiting: deque[Task] = deque()
        self._running: dict[int, tuple[Task, Future[Any]]] = {}
        self._begun: set[int] = set()
        self._sent = 0
        self._done: dict[int, Answer] = {}
        self._inbox: SimpleQueue[dict[str, Any] | Future[Any]] = SimpleQueue()
        self._known, self._looked = 0, -_BEAT
        client.subscribe_topic(topic, lambda event: self._inbox.put(event[1]))

    @property
    def slots(self) -> int:
        """See `WorkerPool`; at least 1, where no worker has joined yet."""
        now = time.monotonic()
        if self._count is None and now - self._looked >= _BEAT:
            with _reachable():
                self._looked, self._known = now, sum(self._client.nthreads().values())
        return max(self._count or self._known, 1)

    def submit(self, task: Task) -> None:
        """See `WorkerPool`."""
        self._waiting.append(task)
        self._send()

    def collect(self, number: int | None, told: OnProgress) -> Answer:
        """See `WorkerPool`.

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
                self._begun.add(news["number"])
                told(news["number"], news["stage"], news["fraction"])

    def withdraw(self) -> tuple[int, ...]:
        """See `WorkerPool`."""
        unsent = tuple(task.number for task in self._waiting)
        self._waiting.clear()
        idle = tuple(n for n, (_, future) in self._running.items() if n not in self._begun and not future.done())
        for number in idle:
            self._running.pop(number)[1].cancel(force=True)
        return (*idle, *unsent)

    def drop(self) -> None:
        """Cancel every task that is still with Dask."""
        for _, future in self._running.values():
            future.cancel(force=True)
        self._running.clear()

    def _send(self) -> None:
        """Keep one queued task per worker at Dask, so that no worker idles while the loop records results."""
        while self._waiting and len(self._running) < 2 * self.slots:
            self._hand_out(self._waiting.popleft())

    def _hand_out(self, task: Task) -> None:
        self._sent += 1
        key = f"{self._topic}-{task.number}-{self._sent}"
        with _reachable():
            future = self._client.submit(
                self._job, self._study, written(task), self._topic, key=key, pure=False, retries=0
            )
        self._running[task.number] = task, future
        future.add_done_callback(self._inbox.put)

    def _receive(self, future: Future[Any]) -> None:
        task = next((one for one, known in self._running.values() if known.key == future.key), None)
        if task is None:
            return
        number = task.number
        if future.status == "pending":
            # The worker died before its result was fetched: Dask retries the task.
            future.add_done_callback(self._inbox.put)
            return
        if future.status == "lost":
            self._hand_out(task)
            return
        if future.status == "cancelled":
            raise FleetError(_GONE)
        try:
            self._done[number] = answer_from(future.result())
        except KilledWorker:
            self._done[number] = Answer(number=number, state="failed", reason=self._fatal)
        del self._running[number]

    def _require_scheduler(self) -> None:
        if self._client.status != "running":
            raise FleetError(_GONE)


@contextmanager
def _reachable() -> Iterator[None]:
    """Raise one FleetError where the connection to the scheduler is lost."""
    try:
        yield
    except (OSError, RuntimeError, ClosedClientError) as error:
        raise FleetError(_GONE) from error
