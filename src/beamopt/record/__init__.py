"""The MLflow door: a study, its trials and images where people look at them; a projection of the search's database."""

import os

# Read when MLflow is imported or served: no telemetry; a server that does not answer is given up within seconds, not
# minutes; and `mlflow server` without its job runners, seven processes of 0.2 GB that outlive it and do nothing here.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
os.environ.setdefault("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")

from beamopt.record.kept import stored_pictures
from beamopt.record.recorder import Recorder
from beamopt.record.server import Location, locate, ui_command

__all__ = ["Location", "Recorder", "locate", "stored_pictures", "ui_command"]
