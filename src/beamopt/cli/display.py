"""The live picture of a running study on stderr: trial n of N, time left, the front, the best setting in words."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from beamopt.printable import printable
from beamopt.spec import StudySpec
from beamopt.trial import Trial

if TYPE_CHECKING:
    from beamopt.study import Event

__all__ = ["watch"]

_SHOWN = 4  # trials whose stage is shown at once
_HEARTBEAT = 10.0  # seconds between signs of life where no terminal shows a spinner


@dataclass
class _Doing:
    """What one trial is busy with, or the preparation."""

    stage: str = "starting"
    fraction: float = 0.0
    since: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        shown = f"{self.stage} {self.fraction:.0%}" if self.fraction else self.stage
        return f"{shown} ({time.monotonic() - self.since:.0f} s)"


@dataclass
class _Picture:
    """What is known of the run right now."""

    spec: StudySpec
    total: int = 0
    done: int = 0
    doing_now: dict[int | None, _Doing] = field(default_factory=dict)
    front: tuple[Trial, ...] = ()
    hypervolume: float = 0.0
    spent: list[float] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def left(self) -> str:
        if not self.spent:
            return "time left: not known yet"
        pace = (time.monotonic() - self.begun) / len(self.spent)
        seconds = pace * (self.total - self.done)
        return f"about {seconds / 60:.0f} min left" if seconds > 90 else f"about {seconds:.0f} s left"

    def doing(self) -> str:
        # A copy at once: it is asked for in a thread of its own while the study goes on.
        busy = {number: doing for number, doing in self.doing_now.copy().items() if doing.stage != "waiting"}
        if len(busy) == 1:
            return str(next(iter(busy.values())))
        more = f" and {len(busy) - _SHOWN} more" if len(busy) > _SHOWN else ""
        shown = "; ".join(f"trial {number}: {doing}" for number, doing in list(busy.items())[:_SHOWN])
        return (shown or "waiting for a worker") + more

    def headline(self) -> str:
        if not self.total:
            return self.spec.name
        return f"{self.spec.name}: trial {min(self.done + 1, self.total)} of {self.total}, {self.left()}"

    def best(self) -> str:
        if not self.front:
            return "front: empty so far"
        from beamopt.report import gains, sentence

        top = self.front[-1] if self.spec.objectives[0].direction == "minimize" else self.front[0]
        values = gains(self.spec.objectives, top.values)
        setting = sentence(self.spec.propose(top.params).acquisition)
        return f"front: {len(self.front)}, hypervolume {self.hypervolume:.3g}; best so far: {setting} ({values})"

    def __rich__(self) -> Group:
        bar = ProgressBar(total=max(self.total, 1), completed=self.done, width=40)
        row = Table.grid(padding=(0, 1))
        row.add_row(Text(self.headline(), style="bold"), bar)
        turning = "dots" if (sys.stderr.encoding or "").lower().startswith("utf") else "line"
        return Group(row, Spinner(turning, Text(self.doing())), Text(self.best()))


@contextmanager
def watch(spec: StudySpec) -> Iterator[Callable[["Event"], None]]:
    """Show a study on stderr while it runs; a spinner on a terminal, plain lines elsewhere.

    Parameters
    ----------
    spec
        The study.

    Yields
    ------
    callable
        The listener that `run_study` wants.
    """
    picture = _Picture(spec)
    console = Console(stderr=True)
    if console.is_terminal:
        with Live(picture, console=console, refresh_per_second=4, transient=True):
            yield lambda event: _update(picture, event, lambda line: console.print(Text(printable(line))))
        return
    quiet = threading.Event()
    beat = threading.Thread(target=_heartbeat, args=(picture, quiet), daemon=True)
    beat.start()
    try:
        yield lambda event: _update(picture, event, _line)
    finally:
        quiet.set()
        beat.join()


def _line(text: str) -> None:
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


def _heartbeat(picture: _Picture, quiet: threading.Event) -> None:
    while not quiet.wait(_HEARTBEAT):
        _line(f"  ... {picture.headline()}; {picture.doing()}")


def _update(picture: _Picture, event: "Event", say: Callable[[str], None]) -> None:
    from beamopt.study import Halted, Prepared, Progress, TrialDone, TrialStarted
    from beamopt.study.events import Noted

    match event:
        case Prepared(name, total, done):
            picture.total, picture.done = total, done
            picture.begun = time.monotonic()
            picture.doing_now.clear()
            say(f"{name}: {total} trials, {done} done already" if done else f"{name}: {total} trials")
        case Progress(stage, fraction, number):
            known = picture.doing_now.get(number)
            since = known.since if known is not None and known.stage == stage else time.monotonic()
            picture.doing_now[number] = _Doing(stage, fraction, since)
        case TrialStarted(number, _):
            picture.doing_now.pop(None, None)  # what had to be prepared for it
            picture.doing_now[number] = _Doing("waiting")
        case TrialDone(trial, done, total, front, hypervolume, seconds):
            picture.done, picture.total = done, total
            picture.doing_now.pop(trial.number, None)
            picture.front, picture.hypervolume = front, hypervolume
            picture.spent.append(seconds)
            say(_trial_line(picture, trial, seconds))
        case Halted(line) | Noted(line):
            say(line)


def _trial_line(picture: _Picture, trial: Trial, seconds: float) -> str:
    head = f"trial {trial.number} ({picture.done} of {picture.total})"
    if trial.state != "finished":
        return f"{head}: {trial.state}, {trial.reason}"
    from beamopt.report import gains

    values = gains(picture.spec.objectives, trial.values)
    mark = " *front*" if trial.number in {t.number for t in picture.front} else ""
    return f"{head}: {values}{mark} ({seconds:.1f} s)"
