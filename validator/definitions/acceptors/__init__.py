"""Functions compiled from schemas, which raise for a document that breaks one; written by a script."""
