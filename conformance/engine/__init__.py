"""Running scenarios: which ones, when, through which driver."""
