"""Faces of the desk: they translate, they never decide."""
