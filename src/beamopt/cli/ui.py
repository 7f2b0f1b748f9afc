"""`beamopt ui`: MLflow on this machine, opened at the study."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from beamopt.cli.options import Home


def command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Study to open; the list of studies where left out.")
    ] = None,
    home: Home = Path("beamopt-runs"),
    port: Annotated[int, typer.Option("--port", min=1024, max=65535, help="Port on 127.0.0.1.")] = 5000,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser window.")] = True,
) -> None:
    """Start MLflow on 127.0.0.1 and open the study's charts; Ctrl-C ends the server."""
    from beamopt.errors import InputError
    from beamopt.record.server import ui_command

    folder = home.resolve()
    if not (folder / "mlflow.db").is_file():
        raise InputError(f"{name or 'no study'} is not recorded in {folder}; run it first, or give --home")
    _require_free(port)
    # A session of its own: MLflow may start workers, and all of them end with this command however it is ended.
    server = subprocess.Popen(ui_command(folder, port), start_new_session=True)  # noqa: S603 (of our own making)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        if _answers(f"http://127.0.0.1:{port}/health", server):
            page = _page(f"http://127.0.0.1:{port}", name, folder)
            sys.stderr.write(f"MLflow is at {page} (Ctrl-C ends it)\n")
            if browser:
                webbrowser.open(page)
        sys.exit(server.wait())
    except KeyboardInterrupt:
        return
    finally:
        _end(server)


def _page(address: str, name: str | None, home: Path) -> str:
    """The study's charts, or the list of studies."""
    from beamopt.errors import InputError
    from beamopt.record.server import place_on

    if name is None:
        return f"{address}/"
    place = place_on(address, name)
    if place is None:
        raise InputError(f"{name} is not recorded in {home}; run it first, or give --home")
    return f"{address}/{place.charts}"


def _end(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:  # a page is still being answered
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _require_free(port: int) -> None:
    """Another server's page must not be taken for ours."""
    from beamopt.errors import InputError

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise InputError(
                f"--port {port} is taken by another program; give another, for instance {port + 1}"
            ) from None


def _answers(address: str, server: "subprocess.Popen[bytes]") -> bool:
    """Wait until the server says it is healthy, or has ended."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (loopback only)
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False
