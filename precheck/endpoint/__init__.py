"""The status endpoint: what counsellors and the helpdesk use."""
