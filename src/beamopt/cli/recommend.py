"""`beamopt recommend`: which setting to dial for the dose that a sample bears, and the card to take to the column."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beamopt.cli.options import Home, Json, Storage, json_text, print_json
from beamopt.cli.output import say

if TYPE_CHECKING:
    from beamopt.report.card import MethodCard

_HOME = Path("beamopt-runs")


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a stored study.")],
    max_dose: Annotated[float, typer.Option("--max-dose", metavar="e/Å²", help="Most that the sample may receive.")],
    min_resolution: Annotated[
        float | None, typer.Option("--min-resolution", metavar="Å", help="Spacing that the image must resolve.")
    ] = None,
    method_card: Annotated[
        Path | None,
        typer.Option("--method-card", metavar="FILE", help="Card to take to the column: .html, .pdf or .json (NXem)."),
    ] = None,
    home: Home = _HOME,
    storage: Storage = None,
    as_json: Json = False,
) -> None:
    """Say which setting gives most within a dose, in plain words or as a card."""
    from beamopt.report.files import require_writable

    if method_card is not None:
        require_writable(method_card, "--method-card", (".html", ".pdf", ".json"))

    from beamopt.front import choose, more_dose
    from beamopt.study.redraws import stored_redraws
    from beamopt.study.reviewed import reviewed

    shown = as_json or method_card is not None  # a card names versions and has pictures
    review = reviewed(name, home, storage=storage, recorded=shown, influence=False)
    redraws = stored_redraws(home.resolve(), review.spec, review.trials)
    trial = choose(review.spec, review.trials, max_dose=max_dose, min_resolution=min_resolution, redraws=redraws)

    from beamopt.report.card import method_card as card_of

    sharp = f", resolving {min_resolution:g} Å" if min_resolution is not None else ""
    card = card_of(
        review,
        trial,
        f"Asked for: at most {max_dose:g} e/Å²{sharp}.",
        more_dose=more_dose(review.spec, review.trials, trial, max_dose=max_dose, min_resolution=min_resolution),
        where=(*(() if home == _HOME else ("--home", str(home))), *(("--storage", storage) if storage else ())),
    )
    if method_card is not None:
        from beamopt.report.files import write_whole

        write_whole(method_card, _written(card, method_card.suffix.lower()))
    if as_json:
        from beamopt.report.nexus import nexus_card

        print_json(nexus_card(card))
        return
    _print(card)
    if method_card is not None:
        say(f"Method card: {method_card}")


def _written(card: "MethodCard", kind: str) -> bytes:
    if kind == ".json":
        from beamopt.report.nexus import nexus_card

        return (json_text(nexus_card(card)) + "\n").encode()
    from beamopt.report.card_page import card_html, card_pdf

    return card_pdf(card) if kind == ".pdf" else card_html(card).encode()


def _print(card: "MethodCard") -> None:
    from beamopt.report.card_rows import dial_rows, expected_rows, session_said, tolerance_rows

    where = "on the front" if card.on_front else "not on the front: the resolution asked for rules the front out"
    say(f"{card.title} ({where}): {card.reached}")
    for heading, rows in (
        ("Set", dial_rows(card)),
        ("On this instrument", session_said(card)),
        (f"Expect from {card.method}", expected_rows(card)),
        ("Mind", [("", remark) for remark in card.remarks]),
        ("How far it may be off", tolerance_rows(card)),
    ):
        if rows:
            say(f"\n{heading}")
        for name, text in rows:
            say(f"  {name:24s} {text}")
    for assumption in card.assumptions:
        say(f"\nAssumed: {assumption}")
    if card.left_out:
        say(f"\nLeft out: {', '.join(card.left_out)}")
