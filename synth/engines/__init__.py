"""Engines: what `--engine` names."""
