"""Speed, side by side with what a user would use instead: ``python -m benchmarks``.

Every figure is a ratio of two things measured in turn in one process tree, as the median over
several rounds, so that it says the same on a slow machine and on a busy one.
"""
