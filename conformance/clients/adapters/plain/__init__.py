"""The plain adapter: a client in the standard library that obeys every clause."""
