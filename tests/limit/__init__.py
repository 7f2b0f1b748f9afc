"""Tests of the room limit."""
