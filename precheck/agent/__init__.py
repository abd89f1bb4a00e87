"""What the job seeker runs."""
