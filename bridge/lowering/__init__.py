"""Terms -> programs: emitted, simplified, coloured; and programs back to terms."""
