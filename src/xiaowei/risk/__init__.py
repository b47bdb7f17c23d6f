"""Portraits and known outcomes in; PD with interval, score and reasons out."""
