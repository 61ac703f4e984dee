"""One-off requests: from a typed command line or a line of JSONL to assets, file names and payloads. Pure."""
