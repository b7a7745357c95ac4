"""For which programs there is an exact likelihood, how exact it is, and what it costs."""
