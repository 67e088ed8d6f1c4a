"""Map the methods of the official Python client to the operations that they call.

    python -m scripts.build_client_map --checked 2026-11-23

It reads the installed ``datadog-api-client`` (install it with ``pip install -e '.[maintain]'``) and
writes ``rules/policies/python_client.yaml``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

PACKAGE = "datadog_api_client"
TARGET = Path(__file__).parent.parent / "rules" / "policies" / "python_client.yaml"
HEAD = """\
# Which operation each method of the official Python client calls. Loaded only when source code is read,
# or a call is named that endpoints.yaml doesn't know. Written by `python -m scripts.build_client_map`.
checked: {checked}
sources:
  - {{title: datadog-api-client {version}, url: "https://pypi.org/project/datadog-api-client/{version}/"}}

# Operations for which the client sends no OAuth token: a mere API key, or nothing at all.
with_api_key:
{with_api_key}
open:
{open}

methods:
{methods}
"""


class Method(NamedTuple):
    """A method of the client: its class with the API's version, its name, and what it calls."""

    owner: str
    name: str
    call: str
    auth: tuple[str, ...]


def methods(package: str = PACKAGE) -> Iterator[Method]:
    """Yield the methods of the installed client, in order of API version, class and name."""
    for api in ("v1", "v2"):
        folder = import_module(f"{package}.{api}.api")
        for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda info: info.name):
            module = import_module(f"{folder.__name__}.{info.name}")
            for name, class_ in inspect.getmembers(module, inspect.isclass):
                if class_.__module__ == module.__name__:
                    yield from sorted(_methods(f"{api}.{name}", class_()))


def _methods(owner: str, client: object) -> Iterator[Method]:
    for endpoint in vars(client).values():
        settings = getattr(endpoint, "settings", None)
        if settings:
            yield Method(
                owner,
                settings["operation_id"],
                f"{settings['http_method']} {settings['endpoint_path']}",
                tuple(settings["auth"]),
            )


def render(found: list[Method], client: str, checked: str) -> str:
    """Return the text of the policy."""
    lines = []
    owner = None
    for method in found:
        if method.owner != owner:
            owner = method.owner
            lines.append(f"  {owner}:")
        lines.append(f"    {method.name}: {method.call}")
    with_api_key = sorted({method.call for method in found if method.auth == ("apiKeyAuth",)})
    open_ = sorted({method.call for method in found if not method.auth})
    return HEAD.format(
        checked=checked,
        version=client,
        with_api_key="\n".join(f"  - {call}" for call in with_api_key),
        open="\n".join(f"  - {call}" for call in open_),
        methods="\n".join(lines),
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--checked",
        type=dt.date.fromisoformat,
        default=dt.date.today(),  # noqa: DTZ011 (the maintainer's own day)
        help="the day of the look-up (default: today)",
    )
    parser.add_argument("--output", type=Path, default=TARGET, help="the file to write")
    options = parser.parse_args(arguments)
    text = render(list(methods()), version("datadog-api-client"), str(options.checked))
    options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
