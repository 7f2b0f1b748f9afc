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

from beamopt.spec import StudySpec
from beamopt.trial import Trial

if TYPE_CHECKING:
    from beamopt.study import Event

__all__ = ["watch"]

_HEARTBEAT = 10.0  # seconds between signs of life where no terminal shows a spinner


@dataclass
class _Picture:
    """What is known of the run right now."""

    spec: StudySpec
    total: int = 0
    done: int = 0
    number: int | None = None
    stage: str = "starting"
    fraction: float = 0.0
    front: tuple[Trial, ...] = ()
    hypervolume: float = 0.0
    spent: list[float] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def left(self) -> str:
        if not self.spent:
            return "time left: not known yet"
        seconds = sum(self.spent) / len(self.spent) * (self.total - self.done)
        return f"about {seconds / 60:.0f} min left" if seconds > 90 else f"about {seconds:.0f} s left"

    def doing(self) -> str:
        shown = f"{self.stage} {self.fraction:.0%}" if self.fraction else self.stage
        return f"{shown} ({time.monotonic() - self.since:.0f} s)"

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
        return Group(row, Spinner("dots", Text(self.doing())), Text(self.best()))


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
            yield lambda event: _update(picture, event, console.print)
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
    sys.stderr.write(text + "\n")
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
            say(f"{name}: {total} trials, {done} done already" if done else f"{name}: {total} trials")
        case Progress(stage, fraction):
            if stage != picture.stage:
                picture.since = time.monotonic()
            picture.stage, picture.fraction = stage, fraction
        case TrialStarted(number, _):
            picture.number, picture.stage, picture.fraction = number, "starting", 0.0
            picture.since = time.monotonic()
        case TrialDone(trial, done, total, front, hypervolume, seconds):
            picture.done, picture.total = done, total
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
