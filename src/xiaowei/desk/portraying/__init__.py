"""Portraits of a whole lake or of one enterprise, made when they are asked for."""
