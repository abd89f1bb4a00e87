"""The pages for counsellors and the helpdesk."""
