"""Tests of the room specimen."""
