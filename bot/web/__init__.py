"""HTTP: webhooks, WeCom callbacks, the API, health."""
