"""The command line: one verb per file, results on stdout, progress and complaints on stderr."""

from beamopt.cli.app import main

__all__ = ["main"]
