"""Adapters: thin programs that drive a library, one JSON line in, one out."""
