"""Programs and perception found together, beside what knows more, or less, of the task."""
