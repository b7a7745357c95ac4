"""DreamCoder's list tasks; see the README."""
