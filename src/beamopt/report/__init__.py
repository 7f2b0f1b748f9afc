"""Figures, tables, pages and sentences that a microscopist puts on a slide; units come from the types."""

from typing import TYPE_CHECKING

from beamopt.lazy import on_use

if TYPE_CHECKING:
    from beamopt.front import promised
    from beamopt.quantities import short
    from beamopt.report.beam import pacbed_figure, pattern_figure, probe_figure, probe_intensity
    from beamopt.report.correlation import frc_figure
    from beamopt.report.figures import png
    from beamopt.report.front import front_figure
    from beamopt.report.halving import halving_figure
    from beamopt.report.history import hypervolume_figure
    from beamopt.report.idealised import idealisations
    from beamopt.report.images import images_figure, potential_figure
    from beamopt.report.influence import importance_figure
    from beamopt.report.limits import limit_figure
    from beamopt.report.measured import limit_points
    from beamopt.report.review import Review
    from beamopt.report.robustness import tolerance_figure
    from beamopt.report.table import front_csv, front_table, front_text
    from beamopt.report.transfer import transfer_figure
    from beamopt.report.words import gains, sentence

__all__ = [
    "Review",
    "frc_figure",
    "front_csv",
    "front_figure",
    "front_table",
    "front_text",
    "gains",
    "halving_figure",
    "hypervolume_figure",
    "idealisations",
    "images_figure",
    "importance_figure",
    "limit_figure",
    "limit_points",
    "pacbed_figure",
    "pattern_figure",
    "png",
    "potential_figure",
    "probe_figure",
    "probe_intensity",
    "promised",
    "sentence",
    "short",
    "tolerance_figure",
    "transfer_figure",
]

_HOMES = {
    "Review": "beamopt.report.review",
    "frc_figure": "beamopt.report.correlation",
    "front_csv": "beamopt.report.table",
    "front_figure": "beamopt.report.front",
    "front_table": "beamopt.report.table",
    "front_text": "beamopt.report.table",
    "gains": "beamopt.report.words",
    "halving_figure": "beamopt.report.halving",
    "hypervolume_figure": "beamopt.report.history",
    "idealisations": "beamopt.report.idealised",
    "images_figure": "beamopt.report.images",
    "importance_figure": "beamopt.report.influence",
    "limit_figure": "beamopt.report.limits",
    "limit_points": "beamopt.report.measured",
    "pacbed_figure": "beamopt.report.beam",
    "pattern_figure": "beamopt.report.beam",
    "png": "beamopt.report.figures",
    "potential_figure": "beamopt.report.images",
    "probe_figure": "beamopt.report.beam",
    "probe_intensity": "beamopt.report.beam",
    "promised": "beamopt.front",
    "sentence": "beamopt.report.words",
    "short": "beamopt.quantities",
    "tolerance_figure": "beamopt.report.robustness",
    "transfer_figure": "beamopt.report.transfer",
}

__getattr__, __dir__ = on_use(__name__, _HOMES)
