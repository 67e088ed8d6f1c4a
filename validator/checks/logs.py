"""Log pipelines: how Datadog parses the logs of an integration, with samples that prove it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from validator.documents.yaml import YamlDocument
from validator.facts import assets
from validator.integration import Integration, once
from validator.model import Finding, Pointer, Related, Rule
from validator.wording import quoted

_SOURCE: Pointer = ("assets", "logs", "source")
_TESTS = re.compile(r"(?P<name>.+)_tests?")
_FILTER = re.compile(r'source:\(?"?([^\s()"]+)')


@once
def _files(integration: Integration) -> dict[str, list[PurePosixPath]]:
    """Return the files of pipelines and of their tests."""
    found: dict[str, list[PurePosixPath]] = {"pipelines": [], "tests": []}
    for path in assets.logs(integration):
        found["tests" if _TESTS.fullmatch(path.stem) else "pipelines"].append(path)
    return found


def _source(integration: Integration) -> str | None:
    source = assets.manifest_value(integration, _SOURCE)
    return source if isinstance(source, str) and source.strip() else None


def _pipelines(integration: Integration) -> Iterator[YamlDocument]:
    return assets.readable(integration.yaml, _files(integration)["pipelines"])


def missing(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a source of logs for which there is no pipeline."""
    source = _source(integration)
    if source and not _files(integration)["pipelines"]:
        yield rule.finding(
            integration.manifest.locate(_SOURCE),
            f"logs of the source {quoted(source)} come without a pipeline; expected one in "
            f"`{assets.LOGS}/`",
        )


def without_tests(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find pipelines without a file of sample logs beside them."""
    files = _files(integration)
    tested = {match["name"] for path in files["tests"] if (match := _TESTS.fullmatch(path.stem))}
    for path in files["pipelines"]:
        if path.stem not in tested:
            yield rule.finding(
                integration.location(path),
                f"the pipeline `{path.name}` has no samples; expected `{path.stem}_tests.yaml` beside it",
            )


def app_id(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find pipelines that neither ``id`` nor ``metric_id`` connects with the integration."""
    expected = assets.app_id(integration)
    if not isinstance(expected, str) or not expected:
        return
    related = (Related(integration.manifest.locate(("app_id",)), "the integration's id"),)
    for document in _pipelines(integration):
        found = [key for key in ("metric_id", "id") if _value(document.value, (key,)) is not None]
        if any(_value(document.value, (key,)) == expected for key in found):
            continue
        key = found[0] if found else "id"
        state = f"is {quoted(_value(document.value, (key,)))}" if found else "is missing"
        yield rule.finding(
            document.locate((key,)),
            f"`{key}` {state}; expected the `app_id` {quoted(expected)} of the manifest",
            related=related,
        )


def other_source(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a pipeline that filters for other logs than the manifest's source."""
    source = _source(integration)
    if source is None:
        return
    related = (Related(integration.manifest.locate(_SOURCE), f"the source is {quoted(source)}"),)
    filters = []
    for document in _pipelines(integration):
        pointer = ("pipeline", "filter", "query")
        query = _value(document.value, pointer)
        if isinstance(query, str) and (match := _FILTER.search(query)):
            filters.append((document.locate(pointer), match.group(1)))
    if all(found.lower() != source.lower() for _, found in filters):
        for place, found in filters:
            yield rule.finding(
                place,
                f"the filter takes logs of the source {quoted(found)}; expected {quoted(source)}, "
                "the source that the manifest names",
                related=related,
            )


def _value(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def without_result(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find samples that don't say what the pipeline makes of them."""
    for document in assets.readable(integration.yaml, _files(integration)["tests"]):
        tests = _value(document.value, ("tests",))
        if not isinstance(tests, list) or not tests:
            yield rule.finding(
                document.locate(("tests",)), "`tests` has no sample; expected at least one"
            )
            continue
        for index, test in enumerate(tests):
            if isinstance(test, dict) and not test.get("result"):
                yield rule.finding(
                    document.locate_key(("tests", index, "result")),
                    f"sample {index + 1} has no `result`; expected what the pipeline makes of it",
                )
