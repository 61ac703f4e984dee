"""The road from a project folder to a plan and a build: where the rooms below are put together."""
