"""What all staff pages share: signing in, access, the frame round a page, and its parts."""
