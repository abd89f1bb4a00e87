"""The job seeker's page: what to do on this device, and what has arrived."""
