"""What constructs cost where programs are enumerated: their size, or as learned from answers."""
