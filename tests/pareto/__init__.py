"""Tests of the room pareto."""
