"""Talks: webhooks, WeCom, chat commands, the schedule, the API and the command line."""
