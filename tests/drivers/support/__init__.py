"""Helpers of these tests: raw servers, and values to send."""
