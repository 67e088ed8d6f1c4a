"""What tilelint knows by its own files: rules, policies, schemas, and where they lie."""
