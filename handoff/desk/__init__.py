"""The desk: the built-in live chat, where agents read the queue and answer visitors (FastAPI, pages and API)."""
