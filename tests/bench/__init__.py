"""Tests of the yardstick: the plain way must be right before its time means anything."""
