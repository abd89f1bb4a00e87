"""How the device is measured: one folder per subject, and one door (`probes.system`) to the OS."""
