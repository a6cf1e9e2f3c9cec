"""Decides who gets a lead. Pure: no I/O, no clock, no global randomness, no logging."""
