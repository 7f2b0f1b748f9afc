"""Tests of the room damage."""
