"""TerpreT's list tasks; see the README."""
