"""The one account of the invented city: printed in the terminal and on the demonstration's page, good nowhere else."""

EMAIL = "moderation@sorlac.example"
PASSWORD = "place-du-marche"  # noqa: S105 - of an invented city, shown on the screen
