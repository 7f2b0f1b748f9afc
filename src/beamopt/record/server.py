"""MLflow's server on this machine alone, and where it shows a study; imports no MLflow, which takes seconds."""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from beamopt.errors import InputError
from beamopt.record.pages import TAG, Location, key_of
from beamopt.record.paths import artifacts_of, uri_of

__all__ = ["place_on", "ui_command"]

_PATIENCE = 20.0  # s


def ui_command(home: Path, port: int) -> list[str]:
    """Command that serves a project folder's MLflow on this machine alone.

    Parameters
    ----------
    home
        Project folder.
    port
        TCP port on 127.0.0.1, 1 to 65535.

    Examples
    --------
    >>> ui_command(Path("/runs"), 5000)[-2:]
    ['127.0.0.1', '5000']
    """
    # Without the script's folder on the path: its neighbours have names that others may look for.
    script = Path(__file__).with_name("serving.py")
    return [sys.executable, "-P", str(script), uri_of(home), artifacts_of(home).as_uri(), "127.0.0.1", str(port)]


def place_on(address: str, name: str) -> Location | None:
    """Find the latest run of a study on a running server by its public interface; nothing is created.

    Parameters
    ----------
    address
        Of the server, for instance ``http://127.0.0.1:5000``.
    name
        Study name.

    Raises
    ------
    InputError
        If MLflow cannot look for such a name, or does not answer.
    """
    try:
        return _place(address, name)
    except urllib.error.HTTPError as error:
        raise InputError(f"{name!r:.80}: MLflow cannot look for it ({error}); give the name of a study") from None
    except OSError as error:
        raise InputError(f"{name}: MLflow at {address} does not answer, {error}; start it again") from None


def _place(address: str, name: str) -> Location | None:
    experiments = _ask(address, "experiments/search", max_results=1000).get("experiments", [])
    tags = {e["experiment_id"]: {tag["key"] for tag in e.get("tags", [])} for e in experiments}
    wanted = f"tags.`beamopt.role` = 'study' and tags.`beamopt.study` = '{name}'"
    runs = _ask(address, "runs/search", experiment_ids=list(tags), filter=wanted, max_results=1).get("runs", [])
    if not runs:
        return None
    experiment, run = runs[0]["info"]["experiment_id"], runs[0]["info"]["run_id"]
    return Location(experiment, run, key_of(run) if f"{TAG}{key_of(run)}" in tags[experiment] else "")


def _ask(address: str, what: str, **fields: object) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 (an http address, by our own making)
        f"{address}/api/2.0/mlflow/{what}", json.dumps(fields).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
        reply: dict[str, Any] = json.load(answer)
        return reply
