"""Questions about the OAuth client: whether it is registered, complete, and the published one."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from validator.definitions import policies, schemas
from validator.definitions.schemas import Violation
from validator.documents.json import JsonDocument, kind
from validator.facts.listing import made_by_platform
from validator.facts.misplaced_oauth import FIELDS, REFERENCE, misplaced
from validator.fixes.edits import insert_member, replacement
from validator.integration import MANIFEST, OAUTH_CLIENTS, Integration, once
from validator.model import DocumentError, Edit, Finding, Fix, Pointer, Related, Rule
from validator.spelling import squashed
from validator.wording import dotted, listed, quoted, shortened

CLIENT: Pointer = ("integration",)
ID: Pointer = (*CLIENT, "id")


# Where the manifest names the client


def _candidates(integration: Integration) -> list[PurePosixPath]:
    """Return the files that were meant as OAuth clients, though their name or folder is another."""
    found = []
    for folder in (PurePosixPath(), PurePosixPath("assets")):
        for name, is_folder in integration.tree.entries(folder).items():
            path = folder / name
            stem = squashed(path.stem)
            is_meant = stem in ("oauth", "oauthclient", "oauthclients")
            if not is_folder and path.suffix.casefold() == ".json" and is_meant:
                found.append(path)
    return [path for path in found if path != OAUTH_CLIENTS]


def unregistered(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find an OAuth client that the manifest doesn't name."""
    manifest = integration.manifest
    assets = manifest.get(REFERENCE[:-1], {})
    if (
        "assets" not in manifest.value
        or not isinstance(assets, dict)
        or any(_means_reference(own) for own in misplaced(integration))
    ):
        return
    place = manifest.locate(REFERENCE)
    if "oauth" in assets:
        value = assets["oauth"]
        is_another = isinstance(value, str) and PurePosixPath(value) != OAUTH_CLIENTS
        if is_another and integration.has(OAUTH_CLIENTS) and integration.has(PurePosixPath(value)):
            message = f"`assets.oauth` names {quoted(value)}; expected `{OAUTH_CLIENTS}`"
            edit = replacement(manifest, manifest.extent(REFERENCE), f'"{OAUTH_CLIENTS}"')
            yield rule.finding(place, message, fix=Fix("Name the OAuth client", (edit,)))
    elif integration.has(OAUTH_CLIENTS):
        message = f"`assets.oauth` is missing; expected `{OAUTH_CLIENTS}`, which is there"
        edit = insert_member(manifest, REFERENCE[:-1], f'"oauth": "{OAUTH_CLIENTS}"', None)
        fix = Fix("Name the OAuth client", (edit,))
        yield rule.finding(place, message, fix=fix)
    elif others := _candidates(integration):
        message = (
            f"`assets.oauth` is missing and `{others[0]}` is not read; expected "
            f"`{OAUTH_CLIENTS}` for both"
        )
        yield rule.finding(place, message)


def _means_reference(pointer: Pointer) -> bool:
    """Tell whether misplaced information stands for the reference, not for a field of the client."""
    return pointer[-1] not in FIELDS


def dangling_reference(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a reference that names no OAuth client."""
    manifest = integration.manifest
    assets = manifest.get(REFERENCE[:-1])
    if not isinstance(assets, dict) or "oauth" not in assets:
        return
    value = assets["oauth"]
    if not isinstance(value, str):
        found = f"is {kind(value)}; expected the path `{OAUTH_CLIENTS}`"
    elif not value.strip():
        found = f"is empty; expected `{OAUTH_CLIENTS}`"
    elif flaw := _flaw(integration, PurePosixPath(value)):
        found = f"names {quoted(value)}, {flaw}"
    else:
        return
    yield rule.finding(manifest.locate(REFERENCE), f"`assets.oauth` {found}")


def _flaw(integration: Integration, path: PurePosixPath) -> str | None:
    """Return why a path names no OAuth client; None if it does, or another client is there."""
    if integration.is_blocked(path):
        return None
    if integration.has(path):
        is_read = path == OAUTH_CLIENTS or integration.has(OAUTH_CLIENTS)
        return None if is_read else f"which is not read; expected `{OAUTH_CLIENTS}`"
    others = _candidates(integration)
    if integration.has(OAUTH_CLIENTS) or not others:
        missing = path == OAUTH_CLIENTS
        expected = "the published OAuth client there" if missing else f"`{OAUTH_CLIENTS}`"
        return f"which does not exist; expected {expected}"
    if str(others[0]).casefold() == str(path).casefold():
        return f"but the file is `{others[0]}`: case matters"
    return f"but the file is `{others[0]}`; expected `{OAUTH_CLIENTS}`"


def misplaced_reference(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield what the manifest says about OAuth elsewhere than in `assets.oauth`."""
    manifest = integration.manifest
    for pointer in misplaced(integration):
        yield rule.finding(
            manifest.locate_key(pointer),
            f"`{dotted(pointer)}` is not read; expected `assets.oauth` with `{OAUTH_CLIENTS}`",
        )


def leftover_placeholder(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find an empty `oauth` at the root of the manifest."""
    manifest = integration.manifest
    if "oauth" in manifest.value and not (manifest.value["oauth"] or made_by_platform(integration)):
        wanted = "nothing" if manifest.get(REFERENCE) is None else "`assets.oauth` alone"
        yield rule.finding(
            manifest.locate_key(("oauth",)),
            f"`oauth` is empty and has no meaning; expected {wanted}",
            fix=Fix("Remove `oauth`", (Edit(manifest.locate_removal(("oauth",)), ""),)),
        )


# The shape of the client


def _client(integration: Integration) -> JsonDocument | None:
    """Return the OAuth client; None where there is none. Raises DocumentError if it can't be read."""
    return integration.oauth_clients if integration.has(OAUTH_CLIENTS) else None


@once
def _violations(integration: Integration) -> tuple[Violation, ...]:
    """Return what breaks the client's schema."""
    return tuple(schemas.violations(integration.oauth_clients, "oauth_clients"))


def _loose_fields(document: JsonDocument) -> list[str]:
    """Return the fields of a client that stand at the root of a document without a client."""
    known = {"name", "description", "id", *FIELDS}
    fields = [key for key in document.value if key in known]
    return fields if CLIENT[0] not in document.value and len(fields) > 1 else []


def invalid(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each fault in the shape of the client; other keys at the root have a rule of their own."""
    document = _client(integration)
    if document is None:
        return
    if loose := _loose_fields(document):
        message = f"{listed(loose, 'and')} stand at the root; expected them in `integration`"
        if "published_client_id" in loose:
            message += ", the published id as `id`"
        yield rule.finding(document.locate_key((loose[0],)), message)
        return
    meant = _meant(integration)
    for violation in _violations(integration):
        at_root = len(violation.pointer) == 1
        if at_root and (
            violation.kind == "unknown" or (violation.kind == "missing" and document.value)
        ):
            continue
        if violation.kind == "missing" and violation.pointer in meant.values():
            continue  # told of the key that stands in its place
        if violation.kind == "unknown" and _is_secret(violation.pointer):
            if not _holds_credential(integration, violation.pointer):
                yield rule.finding(violation.location, _no_secret(violation.pointer))
            continue
        message = violation.message
        if home := meant.get(violation.pointer):
            is_there = document.get(home) is not None
            wanted = f"`{home[-1]}` alone, which is there" if is_there else f"`{home[-1]}`"
            message = f"`{dotted(violation.pointer)}` is unknown; expected {wanted}"
        yield rule.finding(violation.location, message)


def _meant(integration: Integration) -> dict[Pointer, Pointer]:
    """Return for each unknown key of the client the key that it was meant for, as far as that is known."""
    names = {
        squashed(name): key
        for key, names in policies.load(policies.OauthClientKeys).meant.items()
        for name in names
    }
    return {
        violation.pointer: (*CLIENT, names[squashed(str(violation.pointer[-1]))])
        for violation in _violations(integration)
        if violation.kind == "unknown"
        and violation.pointer[:-1] == CLIENT
        and squashed(str(violation.pointer[-1])) in names
    }


def _is_secret(pointer: Pointer) -> bool:
    names = map(squashed, policies.load(policies.OauthClientKeys).secrets)
    return squashed(str(pointer[-1])) in names


def _no_secret(pointer: Pointer) -> str:
    rotation = policies.load(policies.OauthClientKeys).rotation
    return (
        f"`{dotted(pointer)}` has no place here; expected the secret in your backend alone; if it was "
        f"published, ask `{rotation}` to rotate it"
    )


def _holds_credential(integration: Integration, pointer: Pointer) -> bool:
    """Tell whether the value at a pointer is a credential, of which another rule tells."""
    from validator.facts.committed_credentials import in_file

    value, held = integration.oauth_clients.get(pointer), in_file(integration, OAUTH_CLIENTS)
    return isinstance(value, str) and any(
        held.text[one.start : one.end] in value for one in held.credentials
    )


def unexpected(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each client that is no integration's: another key at the root, or another role."""
    document = _client(integration)
    if document is None or _loose_fields(document):
        return
    for key in document.value:
        if key != CLIENT[0]:
            yield _unexpected(document, key, rule)
    role = document.get((*CLIENT, "client_role"))
    if isinstance(role, str) and role.strip() and role != CLIENT[0]:
        yield rule.finding(
            document.locate((*CLIENT, "client_role")),
            f"`integration.client_role` is {quoted(role)}; expected `integration`",
        )


def _unexpected(document: JsonDocument, key: str, rule: Rule) -> Finding:
    has_client, fix = CLIENT[0] in document.value, None
    if key == "ui_extension":
        message = "clients of the kind `ui_extension` were removed in 2025"
        if has_client:
            edit = Edit(document.locate_removal((key,)), "")
            fix = Fix("Remove the client `ui_extension`", (edit,))
    else:
        message = f"`{shortened(key)}` is no client"
    expected = "nothing beside `integration`" if has_client else "one client, `integration`"
    return rule.finding(document.locate_key((key,)), f"{message}; expected {expected}", fix=fix)


# The id of the client

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def _id(document: JsonDocument) -> str | None:
    """Return the client's id; None where there is none or it has a wrong type."""
    value = document.get(ID)
    return value if isinstance(value, str) and value.strip() else None


def unpublished_id(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find an id that can't be a published client's."""
    document = _client(integration)
    own = _id(document) if document else None
    if document is None or own is None:
        return
    place = document.locate(ID)
    node = policies.load(policies.OAuthClientIds).published_node
    expected = f"expected the id of the published client, which ends in `{node}`"
    related: tuple[Related, ...] = ()
    manifest = integration.manifest if integration.has(MANIFEST) else None
    app_uuid = manifest.get(("app_uuid",)) if manifest else None
    if manifest and isinstance(app_uuid, str) and app_uuid.casefold() == own.casefold():
        found = "is the `app_uuid` of the manifest"
        related = (Related(manifest.locate(("app_uuid",)), "the same UUID"),)
    elif reason := _not_published(own):
        found = reason
    else:
        return
    yield rule.finding(place, f"`integration.id` {found}; {expected}", related=related)


def _not_published(own: str) -> str | None:
    """Return why an id is no published client's, in words; None if it may be."""
    if _is_placeholder(own):
        return f"is the placeholder {quoted(own)}"
    if not _UUID.fullmatch(own):
        return f"is {quoted(own)}, which is no UUID"
    version = uuid.UUID(own).version
    if version != 1:
        return f"is a UUID of {f'version {version}' if version else 'no version'}, not of version 1"
    if _node(own) in policies.load(policies.OAuthClientIds).unpublished_nodes:
        return f"ends in `{_node(own)}`, as ids of unpublished clients do"
    return None


def _node(own: str) -> str:
    return own.lower().rpartition("-")[2]


def _is_placeholder(own: str) -> bool:
    """Tell whether an id was never filled in: brackets, words such as INSERT, one digit all over."""
    if re.search(r"[<>{}\[\]]", own):
        return True
    words = {word.upper() for word in re.findall(r"[A-Za-z]+", own)}
    marks = {*policies.load(policies.Placeholders).capital_markers, "YOUR", "PUBLISHED"}
    return bool(words & marks) or len(set(squashed(own))) == 1


def unfamiliar_id(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find an id of version 1 that was not made where published clients are."""
    document = _client(integration)
    own = _id(document) if document else None
    if document is None or own is None or _is_placeholder(own) or not _UUID.fullmatch(own):
        return
    nodes = policies.load(policies.OAuthClientIds)
    known = (nodes.published_node, *nodes.unpublished_nodes)
    if uuid.UUID(own).version == 1 and _node(own) not in known:
        yield rule.finding(
            document.locate_slice(ID, len(own) - len(_node(own)), len(own)),
            f"`integration.id` ends in `{_node(own)}`; the ids of published clients end in "
            f"`{nodes.published_node}`",
        )


def shared_id(integrations: tuple[Integration, ...], rule: Rule) -> Iterator[Finding]:
    """Yield each client whose id another integration has, too."""
    clients = defaultdict(list)
    for integration in integrations:
        try:
            document = _client(integration)
        except (
            DocumentError
        ):  # another rule's finding; the other integrations are judged all the same
            continue
        own = _id(document) if document else None
        if document and own and _UUID.fullmatch(own) and not _is_placeholder(own):
            clients[own.lower()].append((integration, document))
    for sharing in clients.values():
        for integration, document in sharing if len(sharing) > 1 else ():
            others = [(other, theirs) for other, theirs in sharing if other is not integration]
            names = listed((other.name for other, _ in others), "and")
            yield rule.finding(
                document.locate(ID),
                f"`integration.id` is the id of {names}, too; expected one client for each integration",
                related=tuple(
                    Related(theirs.locate(ID), f"the same id in `{other.name}`")
                    for other, theirs in others
                ),
            )
