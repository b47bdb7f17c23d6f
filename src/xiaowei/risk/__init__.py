"""Portraits in; PD with an interval, a score in points with reasons, a rating out."""
