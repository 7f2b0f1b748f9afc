"""Runs a study with a cheap objective in forked lives and kills all but the last; started by test_search_resume."""

import json
import math
import os
import random
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path

from beamopt.search import Search
from beamopt.spec import StudySpec
from beamopt.trial import Trial

TRIALS = 48


def live(home: Path, spec: StudySpec, batch: int, diary: Path, heart: int) -> None:
    """Run or resume the study to its end."""
    search = Search.open(home, spec)
    with search.lock():
        os.write(heart, b"x")
        search.requeue_stale()
        while sum(trial.state in ("finished", "infeasible", "failed") for trial in search.trials()) < TRIALS:
            proposed = [search.ask()]
            while (proposed[-1].number + 1) % batch:
                proposed.append(search.ask())
            for one in proposed:
                told = evaluate(search, one.number, dict(one.params))
                with diary.open("a") as page:
                    page.write(json.dumps(asdict(told)) + "\n")
                os.write(heart, b"x")
    search.close()


def evaluate(search: Search, number: int, params: dict[str, float]) -> Trial:
    """A stand-in with every outcome."""
    time.sleep(0.002)
    beam = params["semiangle_cutoff"] * params["defocus"]
    constraints = {"window": beam / 1e4 - 1.2, "camera": params["semiangle_cutoff"] - params["detector_outer"] - 10}
    if constraints["window"] > 0:
        return search.tell_infeasible(number, "the probe leaves the window", constraints)
    if math.sin(1e3 * beam) > 0.9:
        return search.tell_failed(number, "diverged")
    information = math.log(params["dose_per_area"]) - (beam / 1e4 - 0.5) ** 2
    metrics = {"information": information, "beam": beam, "lost": math.inf}
    return search.tell_finished(number, (params["dose_per_area"], information), metrics, constraints)


def main(home: Path, study: Path, lives: int, batch: int, pace: float) -> None:
    """Fork once per life, so that fifty lives cost one import; `pace` is how long a trial takes undisturbed [s]."""
    spec = StudySpec.model_validate(json.loads(study.read_text()))
    rng, diary, kills = random.Random(1), home.with_suffix(".diary"), 0  # noqa: S311
    begun = time.perf_counter()
    for turn in range(lives + 1):
        pulse, heart = os.pipe()
        child = os.fork()
        if child == 0:
            live(home, spec, batch, diary, heart)
            os._exit(0)
        os.close(heart)
        if turn < lives:
            # A life dies while it opens the study, or before, in or after its first or second trial.
            for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 2, 3))):
                os.read(pulse, 1)
            time.sleep(rng.uniform(0, pace))
            os.kill(child, signal.SIGKILL)
        os.close(pulse)
        _, status = os.waitpid(child, 0)
        kills += os.WIFSIGNALED(status)
        if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
            raise SystemExit(f"life {turn} ended with {os.waitstatus_to_exitcode(status)}")
    told = [json.loads(line) for line in diary.read_text().splitlines() if line.endswith("}")]
    pace = (time.perf_counter() - begun) / TRIALS
    sys.stdout.write(json.dumps({"kills": kills, "told": told, "pace": pace}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
