"""The figure of the limits, read back from the plotted data."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from beamopt.limit import Curve, Limits
from beamopt.report import limit_figure, png


def drawn(figure: Figure, gid: str) -> Any:
    return next(artist for artist in figure.findobj() if artist.get_gid() == gid)


def line(fisher: float, ssnr: list[float]) -> Curve:
    found = np.array(ssnr)
    frc = np.sqrt(found / (1 + found))
    return Curve(fisher=np.full(3, fisher), ssnr=found, frc=frc, information=1.0, scored=1.0, resolution=2.0)


def test_both_panels_show_every_limit_that_is_known() -> None:
    q = np.array([0.1, 0.2, 0.3])
    quantum, linear = line(4.0, [9.0, 0.0, 1.0]), line(0.5, [1.0, 0.0, 0.125])
    figure = limit_figure(Limits(frequency=q, quantum=quantum, linear=linear), title="10 mrad")
    assert drawn(figure, "quantum").get_xydata().tolist() == [[0.1, 4.0], [0.2, 4.0], [0.3, 4.0]]
    np.testing.assert_allclose(drawn(figure, "linear frc").get_xydata(), [[0.1, 0.5**0.5], [0.3, 1 / 3]])
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["quantum", "linear"]
    left, right = figure.axes
    assert left.get_xlabel() == right.get_xlabel() == "spatial frequency [Å⁻¹]"
    assert left.get_title(loc="left") == "10 mrad"
    with_full = Limits(frequency=q, quantum=quantum, linear=linear, full=line(2.0, [4.0, 0.0, 0.5]))
    assert [t.get_text() for t in limit_figure(with_full).legends[0].get_texts()] == ["quantum", "full", "linear"]
    assert png(limit_figure(with_full)).startswith(b"\x89PNG")
