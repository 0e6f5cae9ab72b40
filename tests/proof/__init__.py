"""Kills, storms, replays and pages: what `make proof` runs."""
