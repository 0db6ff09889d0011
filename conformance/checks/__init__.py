"""Judging: pure functions from exchanges to outcomes, one module for each family of clauses."""
