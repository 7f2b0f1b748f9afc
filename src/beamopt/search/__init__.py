"""The Optuna door: proposes acquisitions and keeps every trial in one SQLite database, the truth about a study."""

from beamopt.search.book import Proposed, Search
from beamopt.search.policy import Policy
from beamopt.search.rehearsal import rehearse
from beamopt.search.start import inside, sobol_points
from beamopt.search.stored import StoredStudy

__all__ = ["Policy", "Proposed", "Search", "StoredStudy", "inside", "rehearse", "sobol_points"]
