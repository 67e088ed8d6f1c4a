"""What a tile says of its offering: title, description, and who stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from validator.definitions import policies
from validator.documents.json import JsonDocument
from validator.documents.markdown import Prose
from validator.facts.partner import partner
from validator.integration import README, Integration
from validator.model import Finding, Location, Pointer, Related, Rule
from validator.reading.urls import parse, within
from validator.spelling import ends_in_period
from validator.wording import dotted, listed, quoted, shortened

_TITLE: Pointer = ("tile", "title")
_DESCRIPTION: Pointer = ("tile", "description")
_MEDIA: Pointer = ("tile", "media")
_RESOURCES: Pointer = ("tile", "resources")
_PUBLIC: Pointer = ("display_on_public_website",)

# A full stop that ends a word, and no sentence: `Inc.`, `etc.`, `U.S.`
_WORDS = re.compile(r"[^\W_]+")
# The product's name as a word of a sentence, and no part of a name, a path, a URL or a code.
_MISSPELT = re.compile(
    r"(?<![\w./@:#$%&=+~\\\"'`<-])(?:DataDog|datadog|dataDog|Data Dog)(?![\w@/(=`>\\-]|[.:]\w)"
)


def _text(manifest: JsonDocument, pointer: Pointer) -> str:
    """Return a text of the manifest; an empty one where there is none."""
    value = manifest.get(pointer)
    return value if isinstance(value, str) and value.strip() else ""


def too_long(integration: Integration, rule: Rule, *, field: str, most: int) -> Iterator[Finding]:
    """Find a text of the tile that has more characters than fit."""
    manifest, pointer = integration.manifest, ("tile", field)
    length = len(_text(manifest, pointer).strip())
    if length > most:
        yield rule.finding(
            manifest.locate(pointer),
            f"`tile.{field}` has {length} characters; expected at most {most}",
        )


def description_is_title(
    integration: Integration, rule: Rule, *, fillers: Sequence[str]
) -> Iterator[Finding]:
    """Find a description that says no more than the title; ``fillers`` are words that say nothing."""
    manifest = integration.manifest
    title, description = (_said(_text(manifest, at), fillers) for at in (_TITLE, _DESCRIPTION))
    if description and title == description:
        yield rule.finding(
            manifest.locate(_DESCRIPTION),
            f"`tile.description` repeats the title {quoted(_text(manifest, _TITLE))}; "
            "expected what the offering does for its users",
            related=(Related(manifest.locate(_TITLE), "the title is here"),),
        )


def _said(text: str, fillers: Sequence[str]) -> list[str]:
    words: list[str] = _WORDS.findall(text.casefold())
    return [word for word in words if word not in fillers] or words


def description_ends_in_period(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a description that ends like a sentence."""
    manifest = integration.manifest
    value = _text(manifest, _DESCRIPTION)
    text = value.rstrip()
    if ends_in_period(text):
        yield rule.finding(
            manifest.locate_slice(_DESCRIPTION, len(text) - 1, len(text)),
            "`tile.description` ends in a period; expected none",
        )


def title_names_platform(
    integration: Integration, rule: Rule, *, phrases: Sequence[str], products: Sequence[str]
) -> Iterator[Finding]:
    """Find titles that say what every tile is; ``products`` are phrases that name something else."""
    manifest = integration.manifest
    title = _text(manifest, _TITLE)
    # What names a product is blanked, so that offsets stay.
    masked = re.sub(
        "|".join(rf"\b{re.escape(product)}\b" for product in products),
        lambda match: " " * len(match[0]),
        title,
        flags=re.IGNORECASE,
    )
    pattern = "|".join(rf"\b{re.escape(phrase)}s?\b" for phrase in phrases)
    for match in re.finditer(pattern, masked, re.IGNORECASE):
        yield rule.finding(
            manifest.locate_slice(_TITLE, match.start(), match.end()),
            f"`tile.title` has {quoted(title[match.start() : match.end()])}, which every tile could "
            "have; expected the name of the offering alone",
            about=match[0],
        )


def misspelt_product(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find the product's name in other letters, in what users read of the manifest and in the README."""
    for place, found in (*_in_manifest(integration), *_in_readme(integration)):
        yield rule.finding(
            place, f"{quoted(found)} is the product in other letters; expected `Datadog`"
        )


def _in_manifest(integration: Integration) -> Iterator[tuple[Location, str]]:
    """Yield each misspelt name in the texts of the tile."""
    if integration.lives_on_platform:
        return
    manifest = integration.manifest
    media = manifest.get(_MEDIA)
    captions = range(len(media)) if isinstance(media, list) else ()
    pointers = [_TITLE, _DESCRIPTION, *((*_MEDIA, index, "caption") for index in captions)]
    for pointer in pointers:
        for match in _MISSPELT.finditer(_text(manifest, pointer)):
            yield manifest.locate_slice(pointer, *match.span()), match[0]


def _in_readme(integration: Integration) -> Iterator[tuple[Location, str]]:
    """Yield each misspelt name in the prose of the README; code is none."""
    if not integration.has(README):
        return
    readme = integration.readme
    for block in readme.prose:
        if not block.is_code:
            for match in _MISSPELT.finditer(block.words):
                yield _slice(integration, block, match), match[0]


def _slice(integration: Integration, block: Prose, match: re.Match[str]) -> Location:
    return integration.readme.locate_slice(block, *match.span())


def insecure_link(
    integration: Integration, rule: Rule, *, fields: Sequence[str]
) -> Iterator[Finding]:
    """Find links of the listing that are not encrypted; ``[]`` in a field stands for each item."""
    manifest = integration.manifest
    for field in fields:
        for pointer in _pointers(manifest, field):
            value = _text(manifest, pointer)
            scheme = parse(value).scheme
            if scheme is not None and scheme.text.lower() == "http":
                yield rule.finding(
                    manifest.locate_slice(pointer, scheme.start, scheme.end),
                    f"`{dotted(pointer)}` is {quoted(value)}; expected an `https` address",
                )


def _pointers(manifest: JsonDocument, field: str) -> Iterator[Pointer]:
    """Yield the pointers that a field stands for."""
    head, brackets, tail = field.partition("[].")
    pointer: Pointer = tuple(head.split("."))
    if not brackets:
        yield pointer
        return
    items = manifest.get(pointer)
    for index in range(len(items)) if isinstance(items, list) else ():
        yield (*pointer, index, tail)


def hidden(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find tiles that are not shown to everybody."""
    manifest = integration.manifest
    if manifest.get(_PUBLIC) is False:
        yield rule.finding(
            manifest.locate(_PUBLIC),
            "`display_on_public_website` is `false`; expected `true` once the offering is launched",
        )


def leftover(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find fields of the Marketplace, empty, in a manifest that sells nothing."""
    manifest = integration.manifest
    if "marketplace" in integration.kinds:
        return
    for key in ("legal_terms", "pricing"):
        if key in manifest.value:
            yield rule.finding(
                manifest.locate_key((key,)),
                f"`{key}` is empty; expected no such key outside the Marketplace",
            )


def empty_assets(
    integration: Integration, rule: Rule, *, kinds: Sequence[str]
) -> Iterator[Finding]:
    """Find assets that are announced and not there."""
    manifest = integration.manifest
    for kind in kinds:
        pointer: Pointer = ("assets", kind)
        if manifest.get(pointer) == {}:
            yield rule.finding(
                manifest.locate_key(pointer), f"`assets.{kind}` is empty; expected no such key"
            )


def placeholder(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find texts of the manifest that its template left behind."""
    manifest, policy = integration.manifest, policies.load(policies.ManifestPlaceholders)
    for pointer in _told(manifest, policy.fields):
        value = _text(manifest, pointer)
        if value and _is_left_over(value, policy):
            yield rule.finding(
                manifest.locate(pointer),
                f"`{dotted(pointer)}` is {quoted(value)}, which was never filled in; "
                "expected the text itself",
            )


def _told(manifest: JsonDocument, fields: Sequence[str]) -> Iterator[Pointer]:
    for field in fields:
        yield from _pointers(manifest, field)


def _is_left_over(value: str, policy: policies.ManifestPlaceholders) -> bool:
    text = value.strip()
    if text.casefold() in policy.values or re.fullmatch(r"<[^<>]+>|\{\{?[^{}]+\}\}?", text):
        return True
    markers = "|".join(map(re.escape, policy.markers))
    if re.match(rf"(?:<\s*)?(?:{markers})(?![A-Za-z])", text):
        return True
    host = parse(text).hostname if "://" in text else text.rpartition("@")[2].lower()
    return within(host, policies.load(policies.Placeholders).domains)


def contact_at_datadog(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find addresses of a partner that lead to Datadog: e-mail, or a homepage that is Datadog's repository."""
    manifest, name = integration.manifest, partner(integration)
    found = [field for field in _CONTACTS if _leads_to_datadog(_text(manifest, _author(field)))]
    if not name or not found:
        return
    first, *others = map(_author, found)
    fields = listed((dotted(_author(field)) for field in found), "and")
    verb = "leads" if len(found) == 1 else "lead"
    yield rule.finding(
        manifest.locate(first),
        f"{fields} {verb} to Datadog ({quoted(_text(manifest, first))}); expected {shortened(name)}'s own",
        about=", ".join(found),
        anywhere=True,
        related=tuple(
            Related(manifest.locate(other), f"{quoted(_text(manifest, other))} is Datadog's, too")
            for other in others
        ),
    )


_CONTACTS = ("support_email", "sales_email", "homepage")


def _author(field: str) -> Pointer:
    return "author", field


def _leads_to_datadog(address: str) -> bool:
    policy = policies.load(policies.Readme)
    if "@" in address:
        return within(address.strip().rpartition("@")[2].lower(), policy.datadog_hosts)
    url = parse(address.strip())
    path = "/".join(url.path.text.strip("/").split("/")[:2]).removesuffix(".git").casefold()
    is_repository = url.hostname.removeprefix("www.") == "github.com" and path in map(
        str.casefold, policy.repositories.values()
    )
    return is_repository or within(url.hostname, policy.datadog_hosts)


def repeated_resource(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find resources of a tile that have the address of an earlier one."""
    manifest = integration.manifest
    first: dict[str, Pointer] = {}
    for pointer in _pointers(manifest, "tile.resources[].url"):
        address = _text(manifest, pointer).strip()
        if not address:
            continue
        page = re.sub(r"^https?://(?:www\.)?", "", address, flags=re.IGNORECASE).rstrip("/")
        earlier = first.setdefault(page, pointer)
        if earlier != pointer:
            yield rule.finding(
                manifest.locate(pointer),
                f"two resources have the address {quoted(address)}; expected each once",
                related=(Related(manifest.locate(earlier), "the first one is here"),),
            )
