"""The skill folder that `imagepipe skill install` writes: what a coding agent should know before it makes pictures."""
