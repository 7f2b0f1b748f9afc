"""What py4DSTEM does to the process, undone: global random state, console, warnings."""

import contextlib
import io
import warnings
from collections.abc import Iterator

import numpy as np

__all__ = ["isolated", "stream"]


@contextlib.contextmanager
def isolated() -> Iterator[None]:
    """Keep numpy's global random state, stdout and the warning filters as they were.

    py4DSTEM seeds and draws from the global state, and warns about calibrations that are set on purpose here.
    """
    state = np.random.get_state()  # noqa: NPY002 (saved so that py4DSTEM's use of it leaves no trace)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002


def stream(seed: int) -> int:
    """Seed of 32 bits, as py4DSTEM wants it, from one of any length.

    Examples
    --------
    >>> stream(7) == stream(7) != stream(7 + 2**40)
    True
    """
    return int(np.random.SeedSequence(seed).generate_state(1, np.uint32)[0])
