"""Judging client libraries: the endpoint that receives their requests, the adapters that drive them."""
