"""Rebuild what the scope policies take from Datadog's specification.

    python -m scripts.build_scope_policy v1/openapi.yaml v2/openapi.yaml --checked 2026-08-22

The OpenAPI files come with the source distribution of ``datadog-api-client``, under
``.generator/schemas``. Of ``scopes.yaml`` and ``endpoints.yaml`` only what stands below the marker line
is written anew; verdicts, keywords and everything else above it stay as they are, letter by letter.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from validator.documents.yaml import load

POLICIES = Path(__file__).parent.parent / "rules" / "policies"
MARKER = "# ---- Rebuilt from the specification by `python -m scripts.build_scope_policy`"
METHODS = ("get", "post", "put", "patch", "delete")
KEY_MAKER = "api_keys_write"
"""The scope that lets a client create the API key which intake operations take."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: ``GET /path``, its id, and what a client must hold to call it.

    ``alternatives`` are sets of scopes any of which suffices; none when no OAuth token does.
    ``roles`` are the role permissions that the owner of the keys needs.
    """

    call: str
    id: str
    alternatives: tuple[tuple[str, ...], ...]
    roles: tuple[str, ...] = ()


@dataclass(slots=True)
class Specification:
    """What OpenAPI files say: the scopes on the list, and every operation by its call."""

    listed: set[str] = field(default_factory=set)
    operations: dict[str, Operation] = field(default_factory=dict)

    def add(self, document: Mapping[str, Any]) -> None:
        """Take in one OpenAPI document."""
        schemes = document.get("components", {}).get("securitySchemes", {})
        for scheme in schemes.values():
            for flow in scheme.get("flows", {}).values():
                self.listed.update(flow.get("scopes", {}))
        oauth = {name for name, scheme in schemes.items() if scheme.get("type") == "oauth2"}
        for path, item in document.get("paths", {}).items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    security = operation.get("security", document.get("security", []))
                    call = f"{method.upper()} {path}"
                    self.operations[call] = Operation(
                        call,
                        operation.get("operationId", ""),
                        tuple(dict.fromkeys(alternatives(security, oauth))),
                        tuple(operation.get("x-permission", {}).get("permissions", ())),
                    )

    @property
    def used(self) -> set[str]:
        """The scopes that any operation asks for."""
        return {
            scope
            for operation in self.operations.values()
            for alternative in operation.alternatives
            for scope in alternative
        }


def alternatives(
    security: Iterable[Mapping[str, list[str]]], oauth: set[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the sets of scopes that a list of security requirements accepts, the usual one first.

    An operation without any requirement, or with an empty one, asks for nothing. One that takes a mere
    API key is open to whoever may create one.
    """
    requirements = list(security)
    if not requirements:
        yield ()
    for requirement in requirements:
        if not requirement:
            yield ()
        elif requirement.keys() <= oauth:
            yield tuple(sorted({scope for scopes in requirement.values() for scope in scopes}))
        elif [name.casefold() for name in requirement] == ["apikeyauth"]:
            yield (KEY_MAKER,)


def rebuild_scopes(text: str, specification: Specification, checked: str) -> str:
    """Return the text of ``scopes.yaml`` with what the specification says."""
    before = load(text) or {}
    listed_before = set(before.get("listed", ()))
    retired = before.get("retired", {})
    partner = {KEY_MAKER, *before.get("partner", ())}
    gone = {
        **{name: str(before["checked"]) for name in sorted(listed_before - specification.listed)},
        **{name: str(until) for name, until in before.get("gone", {}).items()},
    }
    gone = {
        name: gone[name] for name in sorted(gone) if name not in {*specification.listed, *retired}
    }
    asked_for = specification.used - specification.listed - retired.keys() - gone.keys() - partner
    # What has only just been listed may get its operations later.
    settled = specification.listed & (listed_before or specification.listed)
    silent = settled - specification.used - set(before.get("unread", ()))
    lines = [
        "",
        "# On the public list.",
        *_flow("listed: ", sorted(specification.listed)),
        "",
        "# Asked for by operations, but not on the public list.",
        *_flow("asked_for: ", sorted(asked_for)),
        "",
        "# On the public list, but asked for by no operation.",
        *_flow("without_operation: ", sorted(silent)),
        "",
        "# On an earlier list only: the day of the last list that had them.",
        *(["gone:", *(f"  {name}: {gone[name]}" for name in gone)] if gone else ["gone: {}"]),
        "",
    ]
    return _dated(_kept(text), checked) + "\n".join(lines)


def rebuild_endpoints(text: str, specification: Specification, checked: str) -> str:
    """Return the text of ``endpoints.yaml`` with what the specification says."""
    by_hand = (load(text) or {}).get("by_hand") or {}
    lines = ["", "operations:"]
    for call in sorted(specification.operations, key=lambda call: call.split(" ")[::-1]):
        operation = specification.operations[call]
        if call not in by_hand:
            entry = [operation.id or '""', *(_list(names) for names in operation.alternatives)]
            if operation.roles and not any(operation.alternatives):
                entry.append(f"{{roles: {_list(operation.roles)}}}")
            lines.append(f"  {call}: [{', '.join(entry)}]")
    return _dated(_kept(text), checked) + "\n".join([*lines, ""])


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"


def _flow(key: str, names: list[str]) -> list[str]:
    """Return a list in flow style, broken into lines."""
    indent = " " * (len(key) - len(key.lstrip()) + 2)
    text = f"{key}[{', '.join(names)}]"
    return textwrap.wrap(
        text, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _kept(text: str) -> str:
    """Return a policy's text up to and including the marker line."""
    start = text.find(MARKER)
    if start < 0:
        raise SystemExit(f"the marker line is missing: {MARKER}")
    return text[: text.find("\n", start) + 1] if "\n" in text[start:] else text + "\n"


def _dated(text: str, checked: str) -> str:
    return re.sub(r"^checked: .*$", f"checked: {checked}", text, count=1, flags=re.MULTILINE)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("specifications", nargs="+", type=Path, metavar="OPENAPI_FILE")
    parser.add_argument(
        "--checked",
        type=dt.date.fromisoformat,
        default=dt.date.today(),  # noqa: DTZ011 (the maintainer's own day)
        help="the day the files are from (default: today)",
    )
    parser.add_argument("--policies", type=Path, default=POLICIES, help="the folder to write to")
    options = parser.parse_args(arguments)
    specification = Specification()
    for file in options.specifications:
        specification.add(load(file.read_text(encoding="utf-8")))
    for name, rebuild in (("scopes", rebuild_scopes), ("endpoints", rebuild_endpoints)):
        file = options.policies / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
        before = load(text)
        file.write_text(rebuild(text, specification, str(options.checked)), encoding="utf-8")
        for line in _changes(name, before, load(file.read_text(encoding="utf-8"))):
            sys.stdout.write(f"{file}: {line}\n")


def _changes(name: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Yield what a maintainer should look at after a rebuild."""
    if name == "endpoints":
        old, new = (set(data.get("operations") or ()) for data in (before, after))
        yield f"{len(new - old)} operations are new, {len(old - new)} are gone"
        return
    old, new = set(before.get("listed", ())), set(after["listed"])
    judged = {scope for scopes in after.get("risk", {}).values() for scope in scopes}
    told = {scope for scopes in after.get("access", {}).values() for scope in scopes}
    for scope in sorted(new - old):
        wanted = [] if scope in judged else ["`risk` unless it is ordinary"]
        if not scope.endswith(("_read", "_write")) and scope not in told:
            wanted.append("`access`")
        yield f"`{scope}` is new" + (f"; give it {' and '.join(wanted)}" if wanted else "")
    for scope in sorted(old - new):
        yield f"`{scope}` is gone; move it to `retired` when its successor is known"


if __name__ == "__main__":
    main()
