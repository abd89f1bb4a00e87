"""The door to a Windows machine, one module for each family of interfaces.

No administrator rights, no prompt, no other process, no translated text. Most modules can be
imported on Windows alone.
"""
