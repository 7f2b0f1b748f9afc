"""A real browser for tests: headless Chromium, driven through its own debugging port."""

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

__all__ = ["Page", "open_page", "require_browser"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps"),
    *("--disable-dev-shm-usage", "--window-size=1800,1400", "--remote-debugging-port=0"),
)


def require_browser() -> str:
    """Path of a Chromium, or a skip that says so."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(_NAMES)} is on the PATH")
    return found


class Page:
    """One page; every request that it makes is kept."""

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: WebSocketClientConnection) -> None:
        self._loop, self._socket, self._last = loop, socket, 0
        self.requests: list[str] = []
        for domain in ("Page", "Network", "Runtime"):
            self._call(f"{domain}.enable")

    def go(self, address: str) -> None:
        """Open an address."""
        self._call("Page.navigate", url=address)

    def run(self, script: str) -> Any:
        """Value of a JavaScript expression."""
        said = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    def wait(self, script: str, seconds: float) -> Any:
        """Wait until an expression is true, in real time; its value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := self.run(f"document.body && ({script})"):
                return found
            self._loop.run_until_complete(asyncio.sleep(0.1))
        raise AssertionError(
            f"not true within {seconds} s: {script}; the page says {self.run('document.body.innerText')!r:.900}"
        )

    def picture(self, path: Path) -> None:
        """Keep what is seen."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def strangers(self) -> set[str]:
        """Hosts other than this machine that the page asked for anything."""
        hosts = {
            urlsplit(url).hostname for url in self.requests if urlsplit(url).scheme in ("http", "https", "ws", "wss")
        }
        return {host or "" for host in hosts} - {"127.0.0.1"}

    def _call(self, method: str, **params: object) -> dict[str, Any]:
        return self._loop.run_until_complete(self._answer(method, params))

    async def _answer(self, method: str, params: dict[str, object]) -> dict[str, Any]:
        self._last += 1
        await self._socket.write_message(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            said = await asyncio.wait_for(self._socket.read_message(), 60)
            assert said is not None, "the browser has gone"
            message = json.loads(said)
            if message.get("method") == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
            if message.get("id") == self._last:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result


@contextmanager
def open_page() -> Iterator[Page]:
    """A fresh browser with one empty page; gone afterwards."""
    program = require_browser()
    loop = asyncio.new_event_loop()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *_QUIET, f"--user-data-dir={profile}", "about:blank"]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield Page(loop, loop.run_until_complete(_socket(Path(profile), browser)))
        finally:
            browser.terminate()
            browser.wait(20)
            loop.close()


async def _socket(profile: Path, browser: "subprocess.Popen[bytes]") -> WebSocketClientConnection:
    """Wait for the debugging port and take the page."""
    card = profile / "DevToolsActivePort"
    for _ in range(300):
        assert browser.poll() is None, "the browser ended at once"
        if card.is_file() and card.read_text().strip():
            break
        await asyncio.sleep(0.1)
    port = card.read_text().split()[0]
    while True:
        answer = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/json/list")
        pages = [page for page in json.loads(answer.body) if page["type"] == "page"]
        if pages:
            return await websocket_connect(pages[0]["webSocketDebuggerUrl"], max_message_size=2**28)
        await asyncio.sleep(0.1)
