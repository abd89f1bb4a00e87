"""The counsellor's pages: the appointments of a day, and one appointment."""
