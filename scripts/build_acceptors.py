"""Write the functions that tell quickly whether a document keeps a schema: validator/definitions/acceptors/.

To compile a schema takes as long as to validate with jsonschema, and a cache of what is compiled would be
executed unseen; a module is read like any other. Run it when a schema has changed, which a test tells.
"""

from __future__ import annotations

import fastjsonschema

from validator.definitions import resources, schemas

FOLDER = resources.PACKAGE / "definitions" / "acceptors"


def main() -> None:
    """Write a module for each schema, or definition in one, that documents are held to."""
    for name, definition in schemas.ACCEPTORS:
        # The newest dialect it knows, which has all keywords that the schemas use.
        schema = {
            **schemas.subschema(name, definition),
            "$schema": "http://json-schema.org/draft-07/schema#",
        }
        schema.pop("$id", None)  # without it the function is called `validate`
        code = fastjsonschema.compile_to_code(schema, use_default=False)
        head = (
            f'"""Written by `python -m scripts.build_acceptors` from {name}.schema.json."""\n\n'
            f'SCHEMA = "{schemas.digest(name)}"\n\n'
        )
        file = FOLDER / f"{schemas.acceptor_name(name, definition)}.py"
        file.write_text(head + code, encoding="utf-8")


if __name__ == "__main__":
    main()
