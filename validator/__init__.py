"""tilelint: the publishing-readiness linter for Datadog integrations."""

__version__ = "0.1.0"

REPOSITORY = "https://github.com/tilelint/tilelint"
"""Where tilelint lies: written by `make docs`, for the package's metadata take 35 ms to read."""
