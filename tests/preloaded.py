"""Imports the program when it is imported: what a process does that forks the others (see forked)."""

from tests.forked import imported

imported()
