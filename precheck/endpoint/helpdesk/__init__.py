"""The helpdesk's pages: who is stuck now and on what, how it went in two weeks, what a device
answered, and finding the appointment of somebody who reads out a code."""
