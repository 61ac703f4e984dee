"""The project folder: found, looked at, read and written; nothing outside it is ever touched."""
