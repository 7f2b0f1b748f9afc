"""Study files with mistakes of every kind; run by hand for many: ``python -m faults.mutants 50000``."""

import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from beamopt.cli.options import read_overrides
from beamopt.errors import InputError
from beamopt.spec import load_study, shipped_studies

TOKENS = (
    *("nan", "inf", "-inf", "1e999", "-1", "0", "true", '""', "[]", "{}", "[[]]", "{ low = 1.0 }", "1979-05-27"),
    *(
        "9" * 4301,
        "0x" + "f" * 5000,
        "1e" + "9" * 400,
        '"\\u001b[2J"',
        '"\\u0000"',
        '"' + "x" * 300 + '.cif"',
        "a." * 5000 + "a",
    ),
    *("{ low = 2.0, high = 1.0 }", "[1, 2, 3]", '"../../x"', "999999999999999999999", "1_000", "'x'", '"""', "\u0000"),
)


def _character(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + chr(rng.choice((rng.randrange(32, 127), rng.randrange(0x3000)))) + text[place + 1 :]


def _gap(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + text[place + rng.randrange(1, 12) :]


def _line(text: str, rng: random.Random) -> str:
    """One line twice, or not at all."""
    lines = text.splitlines() or [""]
    place = rng.randrange(len(lines))
    return "\n".join([*lines[:place], *(lines[place : place + 1] * rng.choice((0, 2))), *lines[place + 1 :]])


def _swapped(pattern: str) -> Callable[[str, random.Random], str]:
    """Another word or value in the place of one that the pattern finds."""

    def swap(text: str, rng: random.Random) -> str:
        found = list(re.finditer(pattern, text))
        if not found:
            return text
        here = rng.choice(found)
        other = rng.choice(TOKENS) if rng.random() < 0.7 else rng.choice(re.findall(r"[a-z_]+", text) or ["x"])
        return text[: here.start()] + other + text[here.end() :]

    return swap


def _long(text: str, rng: random.Random) -> str:
    """A piece many times over: names, keys, numbers and tables without end."""
    place, length = rng.randrange(len(text) + 1), rng.randrange(1, 12)
    return text[:place] + text[place : place + length] * rng.randrange(2, 3000) + text[place:]


def _mark(text: str, _: random.Random) -> str:
    """What some editors put before a text to say that it is UTF-8."""
    return "\ufeff" + text


KINDS = (
    _mark,
    _long,
    _character,
    _gap,
    _line,
    _swapped(r"(?<== )[^\n#]+"),
    _swapped(r"[a-z_]+"),
    _swapped(r"-?\d+\.?\d*(e\d+)?"),
)


def mutated(text: str, rng: random.Random) -> str:
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        text = rng.choice(KINDS)(text, rng)
    return text


@dataclass
class Found:
    """What became of many mutants."""

    count: int = 0
    refused: int = 0
    slowest: float = 0.0
    worst: str = ""


def try_many(folder: Path, count: int, seed: int) -> Found:
    """Read so many mutated files and options; anything but a study or one line is an error.

    Every fourth is a ``--set`` of a shipped study instead.
    """
    rng, found = random.Random(seed), Found()  # noqa: S311
    texts = [path.read_text(encoding="utf-8") for path in shipped_studies().values()]
    path = folder / "mutant.toml"
    for number in range(count):
        text = mutated(rng.choice(texts), rng)
        path.write_text(text, encoding="utf-8", errors="replace")
        line = rng.choice([one for one in text.split("\n") if "=" in one] or ["seed=1"])
        begun = time.thread_time()
        try:
            if number % 4:
                load_study(path)
            else:
                load_study("srtio3_quick", read_overrides([line]))
        except InputError as error:
            found.refused += 1
            said = str(error)
            assert "\n" not in said, text
            assert len(said) < 1000, text
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}", text) from error
        spent = time.thread_time() - begun
        if spent > found.slowest:
            found.slowest, found.worst = spent, text
        found.count += 1
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        outcome = try_many(Path(place), int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    sys.stdout.write(
        f"{outcome.count} inputs, {outcome.refused} refused, 0 tracebacks, slowest {outcome.slowest:.3f} s, "
        f"peak memory of the process {peak:.2f} GB\n"
    )
