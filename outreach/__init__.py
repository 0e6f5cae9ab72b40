"""The office: the database and the rules."""
