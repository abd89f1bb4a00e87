"""The status endpoint: what counsellors and the helpdesk use.

It takes reports from the agent (`api/`), keeps them (`store/`), and shows the office's people who
is ready (`staff/`, and `listing` in the terminal). It knows the contract and nothing of the agent
or the probes.
"""
