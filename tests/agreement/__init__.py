"""Agreement with stock programs, outside of every room."""
