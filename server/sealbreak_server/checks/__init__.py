"""Checks of the set-up, as doctor shows them and pages may: what is seen, and what it means."""
