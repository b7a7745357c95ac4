"""Terms -> programs: emitted, simplified, coloured; and straight lines back to terms."""
