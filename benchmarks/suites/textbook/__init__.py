"""List functions of libraries and textbooks."""
