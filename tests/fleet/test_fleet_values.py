"""What travels between processes arrives as it was, and only plain values do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from beamopt.fleet import Answer, InProcess, Task
from beamopt.fleet.messages import answer_from, pack, task_from, written
from beamopt.trial import Trial

NUMBERS = st.floats(allow_nan=False)


@given(st.integers(0, 10**6), st.dictionaries(st.text(max_size=9), NUMBERS, max_size=6), st.integers(1, 9))
def test_a_task_comes_back(number: int, params: dict[str, float], attempt: int) -> None:
    known = tuple(Trial(number=n, state="finished", params={}, values=(1.0, n), metrics=params) for n in range(2))
    task = Task(number=number, params=params, attempt=attempt, known=known)
    assert task_from(written(task)) == task


@given(
    st.tuples(NUMBERS, NUMBERS),
    st.dictionaries(st.text(max_size=9), NUMBERS, max_size=6),
    arrays(np.float32, (3, 4), elements=st.floats(width=32)),
)
def test_an_answer_comes_back_bit_for_bit(
    values: tuple[float, float], metrics: dict[str, float], image: np.ndarray
) -> None:
    sent = Answer(number=3, state="finished", values=values, metrics=metrics, images={"a/phase": image.T})
    came = answer_from(pack(sent))
    assert (came.values, came.metrics, came.state) == (values, metrics, "finished")
    assert came.images["a/phase"].tobytes() == np.ascontiguousarray(image.T).tobytes()


def test_an_image_of_objects_is_refused_on_arrival() -> None:
    parcel = pack(Answer(number=0, state="failed", reason="x"))
    with pytest.raises(ValueError, match="no real number"):
        answer_from(parcel | {"arrays": {"evil": ("object", [1], b"12345678")}})


def test_what_is_no_number_travels_as_its_text() -> None:
    broken: tuple[object, ...] = (None, np.nan, np.ones(2))
    came = answer_from(pack(Answer(number=0, state="finished", values=broken)))  # type: ignore[arg-type]
    assert [str(value) for value in came.values] == ["None", "nan", "array([1., 1.])"]


def test_a_pool_of_one_answers_in_any_order_and_gives_back_what_waits() -> None:
    pool = InProcess(lambda task, _: Answer(number=task.number, state="failed", reason=f"{task.number}"))
    for number in range(5):
        pool.submit(Task(number=number, params={}))
    assert pool.collect(2, lambda *_: None).reason == "2"
    assert pool.collect(0, lambda *_: None).reason == "0"
    assert pool.withdraw() == (3, 4)
