"""Pictures that MLflow could not take yet: kept beside the databases until they are delivered.

Numbers need no keeping, for the search's own database holds them; pictures exist once.
"""

import io
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Outbox"]

_IMAGE, _FIGURE = "image:", "figure:"


class Outbox:
    """Pictures of one study by the trial's number.

    Parameters
    ----------
    home
        Project folder.
    name
        Of the study.
    """

    def __init__(self, home: Path, name: str) -> None:
        self._folder = home / "waiting" / name

    def keep(self, number: int, images: Mapping[str, NDArray[np.floating]], figures: Mapping[str, bytes]) -> None:
        """Write them down; where that fails they are lost, and the study is not."""
        if not images and not figures:
            return
        kept: dict[str, Any] = {f"{_IMAGE}{name}": np.asarray(image, np.float32) for name, image in images.items()}
        kept |= {f"{_FIGURE}{name}": np.frombuffer(content, np.uint8) for name, content in figures.items()}
        part = self._path(number).with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.savez(file, **kept)
            part.replace(self._path(number))
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def take(self, number: int) -> tuple[dict[str, NDArray[np.float32]], dict[str, bytes]]:
        """Images and figures of a trial, both empty where none are kept or none can be read."""
        try:
            with np.load(io.BytesIO(self._path(number).read_bytes()), allow_pickle=False) as file:
                kept = {name: file[name] for name in file.files}
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            return {}, {}
        images = {name.removeprefix(_IMAGE): kept[name] for name in kept if name.startswith(_IMAGE)}
        figures = {name.removeprefix(_FIGURE): kept[name].tobytes() for name in kept if name.startswith(_FIGURE)}
        return images, figures

    def drop(self, number: int) -> None:
        """Forget a trial's pictures; they are delivered."""
        self._path(number).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the folder once nothing waits."""
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):  # another study's pictures wait beside it
            self._folder.parent.rmdir()

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06d}.npz"
