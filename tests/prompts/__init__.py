"""Tests of imagepipe/prompts."""
