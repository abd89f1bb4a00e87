"""The administrators' pages: an office's staff, its policies and terms, for how long it keeps its
records, what was done, and figures; and, for the administrator of the system, all offices."""
