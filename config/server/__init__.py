"""The server: uvicorn, with a short way for pages that are kept, and a bridge to Django."""
