"""Signs that an integration submits data to Datadog, or queries data from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from validator.documents.json import JsonDocument
from validator.facts import assets
from validator.facts.assets import manifest_value
from validator.facts.classifier_tags import tile_tags
from validator.facts.metadata import metrics, name_index
from validator.integration import DATAFLOWS, MANIFEST, README, Integration, once
from validator.model import Location

DATA_TYPES = ("Metrics", "Logs", "Traces", "Events", "Incidents")
"""What the tags about data can name."""

WITHOUT_KEY = ("Incidents",)
"""What is submitted with an OAuth token; everything else needs an API key."""

_LOGS = PurePosixPath("assets/logs")
_EVENTS = ("assets", "integration", "events", "creates_events")
_LOG_SOURCE = ("assets", "logs", "source")
_FLOWS = {
    "metrics": "Metrics",
    "logs": "Logs",
    "traces": "Traces",
    "events": "Events",
}
"""What each type of a dataflow is among those; RUM events are no events: a client token submits them."""

_DENIAL = re.compile(
    r"\b(?:not|never|none|nothing|neither|cannot|n/a)\b|\b\w+n['\N{RIGHT SINGLE QUOTATION MARK}]t\b"
    r"|\bno\s+(?:\w+\s+){0,2}(?:metric|log|event|trace|span|data|telemetry)",
    re.IGNORECASE,
)
_READING = re.compile(
    r"\b(?:quer|read|retriev|fetch|pull|consum)\w*\b[^.]{0,300}\bfrom\s+datadog\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A place that says that data of some type is submitted, or queried; ``words`` is a clause."""

    data: str
    location: Location
    words: str

    @property
    def against(self) -> str:
        """A clause for whoever says the opposite: the place, and what it says."""
        line = f", line {self.location.region.start_line}," if self.location.region else ""
        return f"`{self.location.path}`{line} says otherwise: {self.words}"


@dataclass(frozen=True, slots=True)
class Signs:
    """What the files of an integration say, apart from the README.

    ``submitted`` holds ``submitted_tags``, too.
    """

    submitted: tuple[Sign, ...]
    submitted_tags: tuple[Sign, ...]
    queried_tags: tuple[Sign, ...]

    @property
    def key_needed(self) -> tuple[Sign, ...]:
        """The signs of data that only an API key can submit."""
        return tuple(sign for sign in self.submitted if sign.data not in WITHOUT_KEY)


@once
def signs(integration: Integration) -> Signs:
    """Return the signs in manifest, metadata.csv, log pipelines and dataflows.

    An integration without a manifest has no tags. Raises DocumentError when a document that would say
    can't be read.
    """
    submitted_tags = tuple(_tags(integration, "Submitted Data Type", "submitted"))
    return Signs(
        (
            *submitted_tags,
            *_metrics(integration),
            *_events(integration),
            *_logs(integration),
            *_dataflows(integration),
        ),
        submitted_tags,
        queried_tags(integration),
    )


@once
def queried_tags(integration: Integration) -> tuple[Sign, ...]:
    """Return the tags that say what is queried. Raises DocumentError for an unreadable manifest."""
    return tuple(_tags(integration, "Queried Data Type", "queried"))


def _manifest(integration: Integration) -> JsonDocument | None:
    return integration.manifest if integration.has(MANIFEST) else None


def _tags(integration: Integration, group: str, verb: str) -> Iterator[Sign]:
    manifest = _manifest(integration)
    for tag in (tile_tags(integration) or ()) if manifest else ():
        data = tag.value or tag.text.rpartition(":")[2].strip()
        if manifest and tag.group == group and data:
            words = f"the tag says that {data.lower()} are {verb}"
            yield Sign(data, manifest.locate(tag.pointer), words)


def _metrics(integration: Integration) -> Iterator[Sign]:
    for document in assets.metadata(integration):
        rows = [row for row, _ in metrics(document)]
        if rows:
            words = f"the first of {len(rows)} metrics that are described here"
            if len(rows) == 1:
                words = "a metric is described here"
            yield Sign("Metrics", document.locate(rows[0], name_index(document)), words)


def _events(integration: Integration) -> Iterator[Sign]:
    if manifest_value(integration, _EVENTS) is True:
        place = integration.manifest.locate(_EVENTS)
        yield Sign("Events", place, "the manifest says that events are created")


def _logs(integration: Integration) -> Iterator[Sign]:
    source = manifest_value(integration, _LOG_SOURCE)
    if isinstance(source, str) and source.strip():
        place = integration.manifest.locate(_LOG_SOURCE)
        yield Sign("Logs", place, "the manifest names a source of logs")
    files = [
        path
        for path in integration.tree.files(_LOGS)
        if path.suffix.lower() in (".yaml", ".yml", ".json")
    ]
    if files:
        text = integration.text(files[0])
        place = text.locate_line(1) if text else integration.location(files[0])
        yield Sign("Logs", place, "a pipeline for logs lies here")


def _dataflows(integration: Integration) -> Iterator[Sign]:
    if not integration.has(DATAFLOWS):
        return
    document = integration.yaml(DATAFLOWS)
    flows = document.value.get("provides") if isinstance(document.value, dict) else None
    for index, flow in enumerate(flows if isinstance(flows, list) else ()):
        if isinstance(flow, dict) and flow.get("direction", "inbound") == "inbound":
            data = _FLOWS.get(str(flow.get("data_type")))
            if data:
                place = document.locate(("provides", index, "data_type"))
                yield Sign(data, place, f"a dataflow brings {data.lower()} to Datadog")


@once
def readme_signs(integration: Integration) -> tuple[Sign, ...]:
    """Return where the README's section Data Collected says that data is submitted.

    That is a sub-section named for a data type that says more than that there is none. A README that
    isn't there says nothing; raises DocumentError when it can't be read.
    """
    return tuple(_told(integration)) if integration.has(README) else ()


def _told(integration: Integration) -> Iterator[Sign]:
    readme = integration.readme
    for section in readme.headings:
        if section.text.strip().casefold() != "data collected":
            continue
        for heading in readme.headings_within(section):
            data = next(
                (name for name in DATA_TYPES if name.casefold() == heading.text.strip().casefold()),
                None,
            )
            blocks = readme.prose_within(heading)
            if data is None or data in WITHOUT_KEY or not blocks:
                continue
            if not denies(blocks[0].text) and not _READING.search(blocks[0].text):
                words = f"the README says that {data.lower()} are collected"
                yield Sign(data, heading.location, words)


def denies(text: str) -> bool:
    """Tell whether a text on data says that there is none."""
    return _DENIAL.search(text) is not None


@once
def in_files(integration: Integration) -> tuple[Sign, ...]:
    """Return what tells of submission apart from the tags and the README."""
    told = signs(integration)
    return tuple(sign for sign in told.submitted if sign not in told.submitted_tags)


@once
def disputed(integration: Integration) -> frozenset[str]:
    """Return the types of data that the manifest alone says are submitted, and that the README denies.

    Which of the two is right nobody can tell, so that no rule builds on either.
    """
    elsewhere = {sign.data for sign in in_files(integration) if sign.location.path != MANIFEST}
    return frozenset(
        sign.data
        for sign in in_files(integration)
        if sign.data not in elsewhere and denials(integration, sign.data)
    )


def denials(integration: Integration, data: str) -> tuple[Location, ...]:
    """Return where the README has a section on data of a type that says that there is none."""
    if not integration.has(README):
        return ()
    readme = integration.readme
    return tuple(
        block.location
        for heading in readme.headings
        if heading.text.strip().casefold() == data.casefold()
        for block in readme.prose_within(heading)[:1]
        if denies(block.text)
    )
