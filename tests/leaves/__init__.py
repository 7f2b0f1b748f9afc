"""Tests of the leaves: closed forms and the values that follow from them."""
