"""Programs of DeepCoder's language; see the README."""
