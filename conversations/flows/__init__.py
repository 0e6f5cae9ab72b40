"""Every conversation that exists; the first is where strangers begin."""
