"""Assessments in; tier, limit, rate and a budget spread to the optimum out."""
