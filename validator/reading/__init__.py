"""Readers of text that know no integration."""
