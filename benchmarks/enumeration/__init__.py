"""How fast programs are enumerated, and how many executions repeat earlier ones."""
