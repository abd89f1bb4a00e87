"""What the endpoint keeps, and the ways in which it changes."""
