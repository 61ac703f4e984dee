"""The scaffolds that `init` copies: small whole projects, one for each kind of work."""
