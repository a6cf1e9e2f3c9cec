"""A stand-in for WeCom (企业微信): its server API, its encrypted callbacks, and phones to look at.

The package is a program of its own. It imports nothing of the rest of the project, so that a misreading of the
protocol on one side cannot hide behind the same misreading on the other. Start with ``sandbox.server``.
"""
