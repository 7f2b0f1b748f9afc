"""The real study that is small enough to run in seconds."""

from study.conftest import tiny

__all__ = ["tiny"]
