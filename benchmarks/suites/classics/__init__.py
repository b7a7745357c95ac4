"""Classic list functions, of λ² and Myth; see the README."""
