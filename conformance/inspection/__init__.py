"""Traffic captured elsewhere: read, sorted, and judged by the same checks as everything else."""
