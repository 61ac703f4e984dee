"""The command line: one module a command, loaded when called; what it prints is drawn by reports and console."""
