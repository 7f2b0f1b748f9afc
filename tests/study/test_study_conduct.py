"""How much is under way at once, and what a study may know before it ends; the objective is a stand-in."""

from pathlib import Path

from beamopt.fleet import Answer, InProcess, OnProgress, Task
from beamopt.spec import BudgetSpec
from beamopt.study import Pace
from beamopt.study.conduct import _enough
from beamopt.trial import Trial
from faults.harness import run
from faults.standins import at_once, study


class Growing:
    """A test double: a pool of one whose other seven workers come late, as jobs of a queue do."""

    def __init__(self) -> None:
        self._pool, self.slots, self.most, self._under_way = InProcess(at_once), 1, 0, 0

    def submit(self, task: Task) -> None:
        """See `WorkerPool`."""
        self._pool.submit(task)
        self._under_way += 1
        self.most = max(self.most, self._under_way)

    def collect(self, number: int | None, told: OnProgress) -> Answer:
        """See `WorkerPool`."""
        answer = self._pool.collect(number, told)
        self._under_way -= 1
        self.slots = 8
        return answer

    def withdraw(self) -> tuple[int, ...]:
        """See `WorkerPool`."""
        return self._pool.withdraw()


def test_workers_that_come_late_get_work_where_order_does_not_matter(quick: Path) -> None:
    pool = Growing()
    assert len(run(quick / "late", 40, pool, pace=Pace(order="completion"))) == 40
    assert pool.most == 3 * 8
    steady = Growing()
    run(quick / "steady", 10, steady)
    assert steady.most == 1, "the study must not depend on when workers come"


def test_a_study_with_more_under_way_than_told_does_not_end() -> None:
    """Nothing that the next proposal would know has stagnated, because it would know nothing."""
    spec = study(100).model_copy(update={"budget": BudgetSpec(trials=100, replicates=2, stagnant=5)})
    known = {"information_std": 0.1}
    still = tuple(Trial(number=n, state="finished", params={}, values=(100.0, 1.0), metrics=known) for n in range(20))
    assert _enough(still, spec, behind=0)
    assert not _enough(still, spec, behind=20)
    assert not _enough(still, spec, behind=23)
