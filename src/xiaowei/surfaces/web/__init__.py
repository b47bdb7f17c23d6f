"""The pages: the same for the report file and for the server."""
