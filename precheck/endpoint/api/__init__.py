"""The API that the agent talks to: see `precheck.contract.api`."""
