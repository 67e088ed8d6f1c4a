"""Trees of files: on disk, in the index of git, in a commit."""
