"""Text to Manifest: reading, checking, expansion. Reads files only through the Tree it is given."""
