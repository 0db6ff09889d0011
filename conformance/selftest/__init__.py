"""The suite judged by what it detects: every fault caught by name, every variant left in peace."""
