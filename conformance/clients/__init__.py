"""Judging client libraries: the endpoint that gets their requests, the adapters that drive them."""
