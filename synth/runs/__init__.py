"""The folder of a run: its files as data, the lock on it, and what is written when."""
