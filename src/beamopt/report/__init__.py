"""Figures, tables and sentences that a microscopist puts on a slide; units come from the types."""

from beamopt.report.figures import png
from beamopt.report.front import front_figure, hypervolume_figure
from beamopt.report.images import frc_figure, images_figure, pattern_figure, potential_figure
from beamopt.report.limits import limit_figure
from beamopt.report.table import front_csv, front_table, front_text, front_trials
from beamopt.report.words import gains, sentence, short

__all__ = [
    "frc_figure",
    "front_csv",
    "front_figure",
    "front_table",
    "front_text",
    "front_trials",
    "gains",
    "hypervolume_figure",
    "images_figure",
    "limit_figure",
    "pattern_figure",
    "png",
    "potential_figure",
    "sentence",
    "short",
]
