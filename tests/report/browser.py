"""A real browser, where this machine has one."""

import html
import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--window-size=1300,1400",
    "--virtual-time-budget=20000",
    # Nothing but files can be reached; what is asked for all the same stands in the log.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


@dataclass(frozen=True)
class Opened:
    """A page after its scripts have run."""

    dom: str
    requests: tuple[str, ...]

    def attribute(self, element: str, name: str) -> str:
        """Value of an attribute in the opening tag that holds `element`."""
        tag = re.search(rf"<[^<>]*\b{re.escape(element)}[^<>]*>", self.dom)
        assert tag is not None, element
        value = re.search(rf'\b{re.escape(name)}="([^"]*)"', tag[0])
        assert value is not None, f"{name} in {tag[0]:.300}"
        return html.unescape(value[1])


def open_page(path: Path) -> Opened:
    """Open a file in a browser of its own, or skip the test where there is none."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(_NAMES)} is installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "net.json"
        command = [program, *_QUIET, f"--user-data-dir={folder}/profile", f"--log-net-log={log}", "--dump-dom"]
        done = subprocess.run(
            [*command, path.absolute().as_uri()], capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return Opened(done.stdout, _requests(log))


def _requests(log: Path) -> tuple[str, ...]:
    """Addresses of the net that the page asked for; the browser's own start-up asks with no initiator."""
    text = log.read_text(encoding="utf-8", errors="replace")
    try:
        events = json.loads(text)["events"]
    except ValueError:  # a browser that ends early leaves the list open
        events = json.loads(text.rstrip().rstrip(",") + "]}")["events"]
    asked = [event["params"] for event in events if "url" in event.get("params", {})]
    return tuple(
        p["url"]
        for p in asked
        if p["url"].startswith(("http", "ws", "ftp")) and p.get("initiator") not in (None, "not an origin")
    )
