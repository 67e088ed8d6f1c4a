"""What checks ask about an integration more than once: answered once, and shared."""
