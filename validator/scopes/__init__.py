"""The engine for minimal scopes: operations, calls, and the smallest set that serves; it knows no integration."""
