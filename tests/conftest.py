"""Settings that every test shares."""

from hypothesis import HealthCheck, settings

# Machines differ in speed; a law does not become false because it took long.
settings.register_profile("beamopt", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
settings.load_profile("beamopt")
