"""What observations mean: pure functions that return findings."""
