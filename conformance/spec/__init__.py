"""What the documentation says, as data and pure functions. Nothing in here does I/O."""
