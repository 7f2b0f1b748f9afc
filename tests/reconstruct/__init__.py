"""Tests of the room reconstruct."""
