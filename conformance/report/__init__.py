"""From verdicts to reports: one result as plain data, rendered for terminals, files and CI."""
