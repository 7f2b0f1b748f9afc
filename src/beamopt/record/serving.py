"""MLflow's server as a script in one process; run by `beamopt ui`.

``mlflow server`` loads MLflow twice, once to read its options and once to serve, which doubles the wait for the first
page. Here the options are set as it sets them and the same application is served; where an MLflow does not know these
names any more, its own command is run instead.
"""

import json
import os
import sys
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from typing import Any

__all__ = ["all_trials", "main", "more"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_TRIALS = 2000  # that the page draws without being asked for more; its own number is 100
_LARGEST = 1_000_000  # bytes of a question that is looked at

_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "PYTHONWARNINGS": "ignore",
}


def main(store: str, artifacts: str, host: str, port: str) -> None:
    """Serve until a signal ends it.

    Parameters
    ----------
    store
        Tracking URI.
    artifacts
        URI of the folder of the artifacts.
    host, port
        Where to listen.
    """
    os.environ.update(_QUIET)
    try:
        names = import_module("mlflow.server.constants")
        os.environ[names.BACKEND_STORE_URI_ENV_VAR] = store
        os.environ[names.ARTIFACT_ROOT_ENV_VAR] = artifacts
        app = import_module("mlflow.server.fastapi_app").app  # reads them
        serve = import_module("uvicorn").run
    except (ImportError, AttributeError):
        command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--backend-store-uri", store]
        command += ["--default-artifact-root", artifacts, "--no-serve-artifacts", "--host", host, "--port", port]
        os.execv(sys.executable, command)  # noqa: S606 (of our own making)
    serve(all_trials(app), host=host, port=int(port), log_level="warning", access_log=False)


def all_trials(app: App) -> App:
    """The application, answering the page's question for a study's trials with all of them, not the first hundred."""

    async def served(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/mlflow/runs/search"):
            return await app(scope, receive, send)
        body, last = b"", False
        while not last and len(body) < _LARGEST:
            message = await receive()
            if message["type"] != "http.request":  # the page has gone
                return None
            body, last = body + message.get("body", b""), not message.get("more_body", False)
        asked = more(body) if last else body
        first: list[Message] = [{"type": "http.request", "body": asked, "more_body": not last}]
        kept = [(name, value) for name, value in scope["headers"] if name != b"content-length" or not last]
        length = [(b"content-length", str(len(asked)).encode())] if last else []

        async def replayed() -> Message:
            return first.pop() if first else await receive()

        return await app({**scope, "headers": [*kept, *length]}, replayed, send)

    return served


def more(body: bytes) -> bytes:
    r"""The same question for more runs, where it asks for the children of one.

    Examples
    --------
    >>> more(b'{"filter": "tags.`mlflow.parentRunId` = \'a\'", "max_results": 100}')
    b'{"filter": "tags.`mlflow.parentRunId` = \'a\'", "max_results": 2000}'
    >>> more(b'{"max_results": 100}'), more(b"?")
    (b'{"max_results": 100}', b'?')
    """
    try:
        asked = json.loads(body)
    except ValueError:
        return body
    if not isinstance(asked, dict) or "mlflow.parentRunId" not in str(asked.get("filter", "")):
        return body
    return json.dumps(asked | {"max_results": _TRIALS}).encode()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
