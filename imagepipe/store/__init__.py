"""Blobs, receipts, intents and spools on disk: what was paid for is here and stays here."""
