"""First specs: `skeletune new`."""
