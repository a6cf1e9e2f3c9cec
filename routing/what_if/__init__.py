"""A policy tried on the past: recorded decisions made again, in order, with what would have followed. See docs/what-if.md."""
