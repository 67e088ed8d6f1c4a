"""tilelint side by side with the validators that ddev released: cases, and what was accepted of the differences."""
