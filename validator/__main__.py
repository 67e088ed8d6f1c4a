"""Run tilelint as ``python -m validator``."""

from validator.cli import main

if __name__ == "__main__":
    main(prog_name="tilelint")
