"""Measurements of the whole program, printed as medians and ratios; they judge nothing."""
