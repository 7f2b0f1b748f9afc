"""The study, its trials and images in MLflow: a copy of the search's database for people to look at."""

import os
from typing import TYPE_CHECKING

from beamopt.lazy import on_use

# Read when MLflow is imported or served: no telemetry and nothing on stdout; a server that does not answer is given up
# within seconds, not minutes; and `mlflow server` without its job runners, seven processes of 0.2 GB that outlive it
# and do nothing here.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
os.environ.setdefault("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")

if TYPE_CHECKING:
    from beamopt.record.kept import stored_pictures, stored_versions
    from beamopt.record.place import locate
    from beamopt.record.recorder import Recorder
    from beamopt.record.store import store_of

__all__ = ["Recorder", "locate", "store_of", "stored_pictures", "stored_versions"]

# MLflow comes with the first name that needs it: `beamopt ui` needs only its server.
__getattr__, __dir__ = on_use(
    __name__,
    {
        "Recorder": "beamopt.record.recorder",
        "locate": "beamopt.record.place",
        "store_of": "beamopt.record.store",
        "stored_pictures": "beamopt.record.kept",
        "stored_versions": "beamopt.record.kept",
    },
)
