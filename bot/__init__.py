"""The doors: the network and the clock."""
