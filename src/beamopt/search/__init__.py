"""The Optuna door: proposes acquisitions and keeps every trial in one SQLite database, the truth about a study."""

from beamopt.search.ask_tell import Search
from beamopt.search.policy import Policy
from beamopt.search.proposed import Proposed
from beamopt.search.rehearsal import rehearse
from beamopt.search.start import inside, sobol_points
from beamopt.search.stored import StoredStudy, names

__all__ = ["Policy", "Proposed", "Search", "StoredStudy", "inside", "names", "rehearse", "sobol_points"]
