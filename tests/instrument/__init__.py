"""Tests of the room instrument."""
