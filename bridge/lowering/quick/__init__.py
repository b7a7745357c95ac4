"""Virtual code -> quicker virtual code, which may have more lines."""
