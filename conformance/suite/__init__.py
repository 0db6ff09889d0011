"""The suite as pytest tests: ``pytest --pyargs conformance.suite``, one test for each clause.

It is the same engine that ``picjobs-conformance run`` calls; options come from the command line
(``--picjobs-endpoint``), the environment (``PICJOBS_ENDPOINT``) or ``picjobs.toml``.
"""
