"""Tests of the room potential."""
