"""Pictures of digits: programs and what reads them; see the README."""
