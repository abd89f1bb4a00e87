"""Entering appointments: one at a time, from a table, or from a booking system by a token."""
