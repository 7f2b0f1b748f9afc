"""Every number of a reconstruction may be searched, whole where it counts something, within what is allowed."""

import typing

import pytest

from beamopt.errors import InputError
from beamopt.spec import METHODS, Range, load_study

NUMBERS = [
    (method, name)
    for method, kind in METHODS.items()
    for name, field in kind.model_fields.items()
    if name != "blind_probe" and typing.get_origin(field.annotation) is not typing.Literal
]


@pytest.mark.parametrize(("method", "name"), NUMBERS)
def test_every_number_can_be_searched(method: str, name: str) -> None:
    assert Range in typing.get_args(METHODS[method].model_fields[name].annotation)
    ends = {"tolerance": (0.0, 0.5), "normalization_min": (0.0, 1.0), "step_size": (0.1, 1.0)}.get(name, (2.0, 7.0))
    table = {"low": ends[0], "high": ends[1]}
    spec = load_study("srtio3_quick", {"methods": [method], f"reconstruct.{method}.{name}": table})
    middle = {key: knob.at(0.63) for key, knob in spec.searched().items()}
    value = getattr(spec.propose(middle).settings[method], name)
    wanted = ends[0] + 0.63 * (ends[1] - ends[0])
    counts = ends == (2.0, 7.0)
    assert value == (round(wanted) if counts else pytest.approx(wanted))
    assert isinstance(value, int if counts else float)


def test_a_range_ends_where_the_setting_does() -> None:
    with pytest.raises(InputError, match=r"normalization_min = 2: .*less than or equal to 1"):
        load_study("srtio3_quick", {"reconstruct.ptychography.normalization_min": {"low": 0.5, "high": 2.0}})


@pytest.mark.parametrize(("metric", "worse"), [("information", "minimize"), ("icom.frc_resolution", "maximize")])
def test_a_search_for_the_worst_image_is_refused(metric: str, worse: str) -> None:
    with pytest.raises(InputError, match=f"{metric}: direction = '{worse}' seeks the worst"):
        load_study("srtio3_quick", {"objectives": [{"metric": metric, "direction": worse}]})


@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_iterates_says_how_many_passes_it_makes(method: str) -> None:
    """What a study costs is foretold from it."""
    assert (METHODS[method]().passes() > 0) == METHODS[method].iterative
