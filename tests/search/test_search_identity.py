"""A structure file that changed under a stored study is named."""

from pathlib import Path

import optuna
import pytest

from beamopt.errors import ConflictError
from beamopt.search.identity import identify
from beamopt.spec import StudySpec, load_study


def named(folder: Path, thickness: float = 40.0) -> StudySpec:
    sample = {"file": str(folder / "own.cif"), "thickness": thickness, "window": 31.0}
    return load_study("srtio3_quick", {"sample": sample})


@pytest.mark.parametrize("old", [False, True])
def test_a_changed_structure_file_is_named(tmp_path: Path, *, old: bool) -> None:
    (tmp_path / "own.cif").write_text("one")
    study = optuna.create_study(directions=["minimize", "maximize"])
    identify(study, named(tmp_path))
    identify(study, named(tmp_path))
    if old:  # stored by a version that did not say what its files held
        study.set_user_attr("files", {})
    (tmp_path / "own.cif").write_text("two")
    with pytest.raises(
        ConflictError, match=r"another file: sample\.file: what own\.cif holds has changed; use another"
    ):
        identify(study, named(tmp_path))


def test_another_thickness_is_not_laid_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "own.cif").write_text("one")
    study = optuna.create_study(directions=["minimize", "maximize"])
    identify(study, named(tmp_path))
    with pytest.raises(ConflictError, match=r"another file: sample\.thickness: 40\.0 -> 50\.0; use another"):
        identify(study, named(tmp_path, 50.0))
