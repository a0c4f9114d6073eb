"""meetbot runs a virtual meeting programme on Zoom, from the programme file to the attendance report."""

__version__ = "0.1.0"
