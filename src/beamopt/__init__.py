"""beamopt: acquisition parameters for 4D-STEM of beam-sensitive samples, chosen before the session."""

__version__ = "0.1.0"
