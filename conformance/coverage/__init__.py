"""The coverage matrix: from every rule of the documentation to clause, case, check and fault.

Collecting it means importing nearly everything, so it is kept beside this file;
``scripts/coverage`` writes it anew, and a test fails while it is out of date.
"""
