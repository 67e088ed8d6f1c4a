"""Dataflows: what the integration says it brings to Datadog, in assets/dataflows.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from validator.definitions import policies
from validator.documents.json import kind
from validator.documents.yaml import YamlDocument
from validator.facts import assets
from validator.facts.listing import made_by_platform
from validator.facts.partner import is_by_datadog, partner
from validator.facts.signs import Sign, disputed, signs
from validator.integration import DATAFLOWS, Integration
from validator.model import Finding, Location, Pointer, Related, Rule
from validator.spelling import offer
from validator.wording import listed, quoted, shortened

_ID = re.compile(r"[a-z0-9-]{3,}")
_RUM = "rum_events"
_MISNAMED = (PurePosixPath("assets/dataflows.yml"), PurePosixPath("assets/dataflows.json"))


def _flows(document: YamlDocument) -> Iterator[tuple[Pointer, Any]]:
    flows = document.value.get("provides") if isinstance(document.value, dict) else None
    for index, flow in enumerate(flows if isinstance(flows, list) else ()):
        yield ("provides", index), flow


def invalid(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find dataflows that the platform refuses."""
    if not integration.has(DATAFLOWS):
        for path in filter(integration.has, _MISNAMED):
            yield rule.finding(
                integration.location(path), f"`{path}` is not read; expected the name `{DATAFLOWS}`"
            )
        return
    app_id = assets.app_id(integration)
    document = integration.yaml(DATAFLOWS)
    yield from (
        rule.finding(document.locate(pointer), message)
        for pointer, message in _wrong_shape(document)
    )
    first: dict[str, Pointer] = {}
    for pointer, flow in _flows(document):
        if not isinstance(flow, dict):
            continue
        for step, message in (*_wrong_fields(flow), *_wrong_id(flow, app_id)):
            yield rule.finding(document.locate((*pointer, *step)), message)
        id_ = flow.get("id")
        if isinstance(id_, str) and id_ in first:
            yield rule.finding(
                document.locate((*pointer, "id")),
                f"`id` {quoted(id_)} is given again; expected another id for each dataflow",
                related=(Related(document.locate((*first[id_], "id")), "first given here"),),
            )
        elif isinstance(id_, str):
            first[id_] = pointer


def _wrong_shape(document: YamlDocument) -> Iterator[tuple[Pointer, str]]:
    value = document.value
    if not isinstance(value, dict):
        yield (), f"`{DATAFLOWS.name}` holds {kind(value)}; expected a mapping with `provides`"
        return
    if not {"provides", "uses"} & value.keys():
        hint = offer(str(next(iter(value), "")), ("provides", "uses"))
        yield (), f"neither `provides` nor `uses` is there; expected a list of dataflows{hint}"
    for key in ("provides", "uses"):
        if key in value and not isinstance(value[key], list):
            yield (key,), f"`{key}` is {kind(value[key])}; expected a list of dataflows"
    for pointer, flow in _flows(document):
        if not isinstance(flow, dict):
            yield pointer, f"{quoted(flow)} is no dataflow; expected `id`, `data_type`, `always_on`"


def _wrong_fields(flow: dict[str, Any]) -> Iterator[tuple[Pointer, str]]:
    policy = policies.load(policies.Dataflows)
    for key in ("id", "always_on", "data_type"):
        if key not in flow:
            yield (key,), f"`{key}` is missing"
    for key in ("always_on", "granular"):
        if key in flow and not isinstance(flow[key], bool):
            yield (key,), f"`{key}` is {quoted(flow[key])}; expected `true` or `false`"
    for key, known in (
        ("data_type", policy.data_types),
        ("direction", policy.directions),
    ):
        if key in flow and flow[key] not in known:
            yield (key,), f"`{key}` is {quoted(flow[key])}; expected {listed(known)}"


def _wrong_id(flow: dict[str, Any], app_id: Any) -> Iterator[tuple[Pointer, str]]:
    id_ = flow.get("id")
    if "id" not in flow:
        return
    if not isinstance(id_, str):
        yield ("id",), f"`id` is {quoted(id_)}; expected a string"
    elif isinstance(app_id, str) and app_id and not id_.startswith(f"{app_id}-"):
        yield ("id",), f"`id` is {quoted(id_)}; expected `{app_id}-` before the type of the data"
    elif not _ID.fullmatch(id_):
        yield ("id",), f"`id` is {quoted(id_)}; expected lower-case letters, digits and hyphens"


def contradiction(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find data that the dataflows leave out, and events where the manifest denies them.

    A dataflow without its tag is the tag's fault, which another rule tells.
    """
    if not integration.has(DATAFLOWS):
        return
    document = integration.yaml(DATAFLOWS)
    if _are_refused(document):
        return
    submitted = _submitted(integration)
    flows = {sign.data for sign in submitted if sign.location.path == DATAFLOWS}
    if any(
        isinstance(flow, dict) and flow.get("data_type") == _RUM for _, flow in _flows(document)
    ):
        flows.add("Events")  # a manifest has one word for both kinds of events
    others: dict[str, list[Sign]] = {}
    for sign in submitted:
        if sign.data not in flows | disputed(integration):
            others.setdefault(sign.data, []).append(sign)
    for data, reasons in others.items():
        yield rule.finding(
            document.locate(("provides",)),
            f"no dataflow provides {data.lower()}, but {reasons[0].against}; expected both to agree",
            about=data,
            related=tuple(Related(sign.location, sign.words) for sign in reasons),
        )
    yield from _denied_events(integration, rule, document)


def _are_refused(document: YamlDocument) -> bool:
    """Tell whether a dataflow may be any: what it brings, and where to, is another rule's finding."""
    policy = policies.load(policies.Dataflows)
    return any(_wrong_shape(document)) or any(
        flow.get("data_type") not in policy.data_types
        or flow.get("direction", "inbound") not in policy.directions
        for _, flow in _flows(document)
    )


def _submitted(integration: Integration) -> list[Sign]:
    """Return the signs of data that a dataflow can bring."""
    types = policies.load(policies.Dataflows).data_types
    return [sign for sign in signs(integration).submitted if sign.data.lower() in types]


def _denied_events(
    integration: Integration, rule: Rule, document: YamlDocument
) -> Iterator[Finding]:
    pointer = ("assets", "integration", "events", "creates_events")
    if assets.manifest_value(integration, pointer) is not False:
        return
    denied = Related(integration.manifest.locate(pointer), "the manifest says that it creates none")
    for own, flow in _flows(document):
        if isinstance(flow, dict) and flow.get("data_type") == "events":
            yield rule.finding(
                document.locate((*own, "data_type")),
                "the dataflow provides `events`, but `creates_events` is `false`; expected both to agree",
                related=(denied,),
            )


def missing(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Tell that data are submitted, but no dataflow of an integration of Datadog's says so."""
    if integration.has(DATAFLOWS) or any(map(integration.has, _MISNAMED)):
        return
    if not is_by_datadog(integration):
        return
    submitted = {sign.data: sign for sign in reversed(_submitted(integration))}
    if submitted:
        kinds = listed((data.lower() for data in sorted(submitted)), "and")
        yield rule.finding(
            _first(submitted),
            f"the integration submits {kinds}, but `{DATAFLOWS}` is missing; expected an entry for each "
            "type of data",
            anywhere=True,
            related=tuple(
                Related(sign.location, sign.words) for _, sign in sorted(submitted.items())
            ),
        )


def of_partner(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find the dataflows of a partner's integration, which only Datadog's own are to have."""
    if integration.lives_on_platform or made_by_platform(integration):
        return
    if integration.has(DATAFLOWS) and partner(integration):
        name = shortened(partner(integration))
        message = f"the integration is {name}'s, but has `{DATAFLOWS}`; expected no such file"
        yield rule.finding(integration.location(DATAFLOWS), message)


def _first(submitted: dict[str, Sign]) -> Location:
    return min(submitted.items())[1].location
