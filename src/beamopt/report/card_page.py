"""The method card as one page of HTML or PDF."""

import io
import textwrap
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imread

from beamopt.report.card import MethodCard
from beamopt.report.card_rows import Rows, dial_rows, expected_rows, session_said, tolerance_rows
from beamopt.report.figures import MUTED, bare
from beamopt.report.images import round_length
from beamopt.report.page import rendered
from beamopt.report.pictures import data_address, field_width, png_size

__all__ = ["card_html", "card_pdf", "sections"]

_A4 = (8.27, 11.69)  # inch
_HEADLINE, _LINE = 72, 80  # letters that fit across the page: of the headline, of a row's text


def sections(card: MethodCard) -> list[tuple[str, Rows]]:
    """Everything on the card but the pictures, under its headings; a heading without rows is left out."""
    doubts = [("assumed", assumption) for assumption in card.assumptions]
    if not doubts and not {"damage", "coherence"} & set(card.left_out):
        doubts = [("assumed", "no number that is a guess")]
    idle = ", ".join(card.left_out)
    blocks = [
        ("Set", dial_rows(card)),
        ("On this instrument", session_said(card) or [("instrument", _NONE)]),
        (f"Expect from {card.method}", expected_rows(card)),
        ("Mind", [("", remark) for remark in card.remarks]),
        ("How far it may be off", tolerance_rows(card)),
        ("Taken for granted", [*doubts, *([("left out", idle)] if idle else [])]),
    ]
    return [(heading, rows) for heading, rows in blocks if rows]


_NONE = "none named in the study: current, dwell, time and camera length are yours to work out"


def card_html(card: MethodCard) -> str:
    """The card as a page without a single script.

    Parameters
    ----------
    card
        From `method_card`.
    """
    return rendered("card.html", scripts=[], card=card, sections=sections(card), pictures=_pictures(card))


def card_pdf(card: MethodCard) -> bytes:
    """The card as one page of A4; the same card gives the same bytes.

    Parameters
    ----------
    card
        From `method_card`.
    """
    figure = Figure(figsize=_A4)
    title = textwrap.shorten(_plain(card.spec.title or card.spec.name), 2 * _HEADLINE, placeholder=" ...")
    figure.text(
        0.07, 0.955, textwrap.fill(title, _HEADLINE), fontsize=13, weight="bold", parse_math=False, linespacing=1.1
    )
    mark = "on the front" if card.on_front else "not on the front"
    line = f"Method card: {card.title}, {mark}. {card.asked}".strip()
    figure.text(0.07, 0.935, _plain(line), fontsize=9, color=MUTED, parse_math=False)
    bottom = _draw_pictures(figure, _pictures(card))
    _write(figure, sections(card), bottom)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="pdf", metadata={"Title": card.title, "Creator": "beamopt", "CreationDate": None})
    return buffer.getvalue()


def _pictures(card: MethodCard) -> list[dict[str, Any]]:
    """Image, truth and counted pattern of the card's trial, those that there are."""
    names = {
        f"{card.method}/phase": "what to expect",
        f"{card.method}/truth": "truth",
        "pattern/counted": "one pattern, counted",
    }
    held = {n: p.read_bytes() for n, p in card.pictures.items() if p.is_file()}
    sizes = {n: png_size(c) for n, c in held.items() if n.endswith("/phase")}
    width = field_width(card.spec.propose(card.trial.params), card.spec.camera.pixels, sizes)
    shown = []
    for name, title in names.items():
        if name in held and png_size(held[name])[0]:
            one: dict[str, Any] = {"title": title, "src": data_address(held[name]), "content": held[name]}
            if width and not name.startswith("pattern/"):
                bar = round_length(width)
                one |= {"bar": f"{bar:g} Å", "share": round(100 * bar / width, 2)}
            shown.append(one)
    return shown


def _draw_pictures(figure: Figure, pictures: list[dict[str, Any]]) -> float:
    """Draw them in a row under the headline; where the text may begin is returned."""
    if not pictures:
        return 0.905
    for place, one in enumerate(pictures):
        axes = bare(figure.add_axes((0.07 + 0.295 * place, 0.715, 0.27, 0.19)))
        image = imread(io.BytesIO(one["content"]))
        axes.imshow(
            image, cmap="gray", aspect="equal", interpolation="nearest" if "counted" in one["title"] else "bicubic"
        )
        axes.set_title(one["title"], fontsize=9, loc="left")
        if "bar" in one:
            height, width = np.shape(image)[:2]
            x, y = 0.05 * width, 0.93 * height
            axes.plot([x, x + one["share"] / 100 * width], [y, y], color="white", linewidth=3, solid_capstyle="butt")
            axes.text(x, y - 0.03 * height, one["bar"], color="white", fontsize=8, va="bottom")
    return 0.705


def _write(figure: Figure, blocks: list[tuple[str, Rows]], top: float) -> None:
    """Headings and rows from `top` downwards, smaller where they would run over the foot of the page."""
    lines: list[tuple[str, str, str]] = []
    for heading, rows in blocks:
        lines.append(("heading", heading, ""))
        for name, text in rows:
            wrapped = textwrap.wrap(_plain(text), _LINE) or [""]
            lines.append(("row", _plain(name), wrapped[0]))
            lines += [("row", "", more) for more in wrapped[1:]]
    step = min(0.0165, (top - 0.05) / (len(lines) + 0.6 * len(blocks)))
    size, y = 9 * min(1.0, step / 0.0155), top
    for kind, name, text in lines:
        y -= step * (1.6 if kind == "heading" else 1.0)
        weight = "bold" if kind == "heading" else "normal"
        figure.text(0.07, y, name, fontsize=size, weight=weight, parse_math=False)
        figure.text(0.285, y, text, fontsize=size, parse_math=False)
    figure.text(0.07, 0.025, "beamopt. Positive defocus is underfocus, C10 = -defocus.", fontsize=7.5, color=MUTED)


def _plain(text: str) -> str:
    """One line of printable letters, which is what a PDF can hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
