"""From a prompt spec to the words that are sent: use cases, rendering, lint. Touches no disk but the package's own files."""
