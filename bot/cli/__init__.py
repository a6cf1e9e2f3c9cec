"""The `paidan` command: one file a group of sub-commands."""
