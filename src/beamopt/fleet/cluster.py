"""Worker pools by Dask: processes of this machine, or the workers of a scheduler that is running already."""

import json
import logging
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import active_children
from typing import final

import dask
from distributed import Client, LocalCluster, Security
from distributed.system import MEMORY_LIMIT

from beamopt.address import hidden_address
from beamopt.errors import FleetError, InputError
from beamopt.fleet.dispatch import Dispatch, Tend
from beamopt.fleet.interrupt import ignoring_interrupts
from beamopt.fleet.pool import Job, WorkerPool
from beamopt.spec import StudySpec
from beamopt.threads import thread_count

__all__ = ["LocalWorkers", "Scheduler"]

_PATIENCE = 20.0  # s; timeout for the scheduler to answer
_GRACE = 3.0  # s; timeout for workers to shut down
_START = 120.0  # s; timeout for a worker to start or to reconnect to the scheduler
_ATTEMPTS = 2
_SHARE = 0.85  # of the memory, for all workers together

_CONFIG = {
    # A trial that has killed two workers is not retried on a third one.
    "distributed.scheduler.allowed-failures": _ATTEMPTS - 1,
    "distributed.scheduler.worker-saturation": 1.0,
    # Dask holds no arrays of a trial, so that nothing could be spilled to disk when memory runs short.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    # A worker that stays disconnected for so long counts as lost; `scale` then starts a replacement.
    "distributed.deploy.lost-worker-timeout": "30s",
    "distributed.admin.system-monitor.disk": False,
}


@final
class LocalWorkers:
    """Worker processes on this machine, one trial each at a time; the study survives the death of any of them.

    They listen on 127.0.0.1 only and speak TLS with a key that lives as long as the study, so that nobody else on a
    shared machine can give them work.

    Parameters
    ----------
    count
        Processes.
    threads
        Threads in each; the processors shared out evenly where None.
    memory
        Bytes that one of them may use before it is ended; 85 % of the machine shared out where None.
    """

    near = True

    def __init__(self, count: int, *, threads: int | None = None, memory: int | None = None) -> None:
        self.count = count
        self.threads = threads or max(1, thread_count() // count)
        self.memory = memory or int(_SHARE * MEMORY_LIMIT / count)

    @contextmanager
    def pool(self, spec: StudySpec, job: Job) -> Iterator[WorkerPool]:
        """See `Fleet`."""
        environment = {name: str(self.threads) for name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS")}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        with ExitStack() as stack:
            stack.enter_context(dask.config.set(_CONFIG))
            stack.enter_context(_quiet())
            stack.enter_context(_own_environment())
            with ignoring_interrupts(), _own_environment(), _starting(self.count):
                cluster = LocalCluster(
                    n_workers=self.count,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    protocol="tls://",
                    security=Security.temporary(),
                    dashboard_address="127.0.0.1:0",  # any port: another study may run beside this one
                    scheduler_kwargs={"dashboard": False},
                    memory_limit=self.memory,
                    env=environment,
                    death_timeout=_START,
                    silence_logs=logging.CRITICAL,
                )
                stack.callback(_end, cluster)
                client = Client(cluster, set_as_default=False)
            stack.callback(client.close, timeout=_GRACE)
            why = f"took {_ATTEMPTS} workers down with it; each may use {self.memory / 1e9:.1f} GB"
            yield from _pool_of(client, spec, job, why, self.count, lambda: cluster.scale(self.count))


@final
class Scheduler:
    """Workers of a Dask scheduler that is running already, for instance on a cluster.

    Parameters
    ----------
    address
        Such as ``tcp://host:8786``. Whoever can reach it can run programs as its owner: that is Dask's way of
        working, so use one of your own.

    Raises
    ------
    InputError
        When no scheduler answers there.
    """

    near = False

    def __init__(self, address: str) -> None:
        self.address = address

    @contextmanager
    def pool(self, spec: StudySpec, job: Job) -> Iterator[WorkerPool]:
        """See `Fleet`."""
        with _quiet():
            try:
                client = Client(self.address, timeout=_PATIENCE, set_as_default=False)
            except (OSError, ValueError, TypeError) as error:
                raise InputError(
                    f"--scheduler {hidden_address(self.address):.200}: no Dask scheduler answers there "
                    f"({type(error).__name__}); start one with `dask scheduler`, or use --workers"
                ) from None
            try:
                yield from _pool_of(client, spec, job, "took every worker down that tried it", None, _nothing)
            finally:
                client.close(timeout=_GRACE)


def _pool_of(
    client: Client, spec: StudySpec, job: Job, fatal: str, count: int | None, tend: Tend
) -> Iterator[WorkerPool]:
    topic = f"beamopt-{spec.name}-{secrets.token_hex(4)}"
    study = json.dumps(spec.resolved())
    dispatch = Dispatch(client, study=study, topic=topic, job=job, fatal=fatal, count=count, tend=tend)
    try:
        yield dispatch
    finally:
        dispatch.drop()


def _nothing() -> None:
    """Replace no lost worker: whoever runs the cluster does."""


@contextmanager
def _starting(count: int) -> Iterator[None]:
    """Raise one FleetError where the workers cannot be started: no memory, too many, a broken installation."""
    before = set(active_children())
    try:
        yield
    except (OSError, RuntimeError, AssertionError) as error:  # AssertionError where Dask finds that one never started
        for child in set(active_children()) - before:
            child.kill()
        reason = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise FleetError(
            f"--workers {count}: their processes cannot be started, {reason:.200}; every finished trial is kept, "
            "use fewer of them or leave the option out"
        ) from error


@contextmanager
def _own_environment() -> Iterator[None]:
    """Restore this process's environment variables afterwards: Dask sets those of its workers in it as well."""
    mine = dict(os.environ)
    try:
        yield
    finally:
        for name in set(os.environ) - set(mine):
            del os.environ[name]
        os.environ.update(mine)


def _end(cluster: LocalCluster) -> None:
    """Kill the workers: they hold no state, and an orderly shutdown would wait for the trials that they run."""
    for nanny in cluster.workers.values():
        nanny.auto_restart = False
        if nanny.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(nanny.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        cluster.close(timeout=_GRACE)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the loggers of Dask, which report every worker that joins or leaves."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client", "tornado", "asyncio")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
