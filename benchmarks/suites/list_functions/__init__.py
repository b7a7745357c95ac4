"""The 250 list functions of Rule et al.; see the README."""
