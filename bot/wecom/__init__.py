"""WeCom, application mode: API calls, encrypted callbacks, and the messenger made of them."""
