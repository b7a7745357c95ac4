"""Bottom-up enumeration of terms over the states that they lead to."""
