"""For whoever runs the endpoint: whether it is alive and ready, what it counts, how requests arrive
through a proxy, and taking data out."""
