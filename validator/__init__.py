"""tilelint: the publishing-readiness linter for Datadog integrations."""

__version__ = "0.1.0"
