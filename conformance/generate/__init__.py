"""Requests to send: valid ones over the whole documented space, and ones that break one clause."""
