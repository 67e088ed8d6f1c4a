"""What maintainers run to keep the policies true; no part of the installed tool."""
