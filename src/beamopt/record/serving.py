"""MLflow's server as a script in one process; run by `beamopt ui`.

``mlflow server`` loads MLflow twice, once to read its options and once to serve, which doubles the wait for the first
page. Here the options are set as it sets them and the same application is served; where an MLflow does not know these
names any more, its own command is run instead.
"""

import os
import sys
import warnings
from importlib import import_module

__all__ = ["main"]

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
    serve(app, host=host, port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
