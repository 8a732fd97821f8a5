"""Execute a notebook whole, in a real kernel that is forked from a warm process. Nothing here is confined."""
