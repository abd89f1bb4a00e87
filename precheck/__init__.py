"""precheck: the contract, the agent and the status endpoint."""

__version__ = "0.1.0"
