"""Programs to repair, made from those of the other suites; see the README."""
