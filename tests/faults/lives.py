"""Runs the stand-in's study in forked lives and ends each as it is told; prints what became of them as JSON.

Each life is ``[seconds, [signals], size]``: signals, half a pace apart, sent so long after the study was opened; and
how large a file may grow, 0 for no limit. The last life in a folder is left in peace.
"""

import json
import os
import resource
import signal
import sqlite3
import sys
import time
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any

from beamopt.cli.signals import Stopper
from beamopt.errors import BeamoptError
from beamopt.fleet import InProcess
from beamopt.study import Pace
from faults.harness import run
from faults.standins import lasting


def live(home: Path, trials: int, pace: float, heart: int, size: int) -> int:
    """One life, with the exit codes of the program."""
    if size:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        with Stopper("beamopt study mof") as stopper:
            os.write(heart, b"x")
            run(home, trials, InProcess(lasting(pace)), pace=Pace(batch=1), should_stop=stopper.asked)
        stopper.leave()
    except BeamoptError as error:
        sys.stderr.write(f"beamopt: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:
        return int(str(end.code))
    except BaseException:  # noqa: BLE001 (the last word of a process)
        traceback.print_exc()
        return 1
    return 0


def running(home: Path) -> int:
    """Trials that a life left running."""
    with closing(sqlite3.connect(home / "optuna.db")) as database:
        try:
            return int(database.execute("select count(*) from trials where state = 'RUNNING'").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def main(home: Path, trials: int, pace: float, plans: dict[str, list[Any]]) -> None:
    """Fork once per life, so that many lives cost one import."""
    found = [
        end(home / folder, trials, pace, *life) for folder, plan in plans.items() for life in [*plan, [0.0, [], 0]]
    ]
    sys.stdout.write(json.dumps(found))


def end(home: Path, trials: int, pace: float, seconds: float, signals: list[int], size: int) -> dict[str, Any]:
    """Lead one life and end it as told."""
    pulse, heart = os.pipe()
    said, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(mouth, 2)
        os._exit(live(home, trials, pace, heart, size))
    os.close(heart)
    os.close(mouth)
    os.read(pulse, 1)
    time.sleep(seconds)
    sent = time.perf_counter()
    for number in signals:
        os.kill(child, number)
        time.sleep(pace / 2)
    with os.fdopen(said, "rb") as ear:
        heard = ear.read().decode()
    _, status = os.waitpid(child, 0)
    grace = time.perf_counter() - sent
    os.close(pulse)
    return {"code": os.waitstatus_to_exitcode(status), "grace": grace, "said": heard, "running": running(home)}


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # A full disk says so by a signal before it says so by an error.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), json.loads(sys.argv[4]))
