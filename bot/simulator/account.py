"""The accounts of the invented city: the first one printed in the terminal and on the demonstration's page, good nowhere else."""

EMAIL = "moderation@sorlac.example"
COLLEAGUE = "direction@sorlac.example"
"""Who approves what the first one wrote."""
PASSWORD = "place-du-marche"  # noqa: S105 - of an invented city, shown on the screen
