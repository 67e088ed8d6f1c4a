"""Log pipelines: how Datadog parses the logs of an integration, with samples that prove it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from validator.definitions import policies
from validator.documents.json import value_at
from validator.documents.yaml import YamlDocument
from validator.facts import assets
from validator.integration import LARGEST, Change, Integration, once
from validator.model import DocumentError, Finding, Location, Pointer, Related, Rule
from validator.sources.trees import Tree
from validator.wording import amount, enumerated, quoted

_SOURCE: Pointer = ("assets", "logs", "source")
_SUFFIXES = (".yaml", ".yml")
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
    if source is None or _files(integration)["pipelines"]:
        return
    if not _is_parsed_elsewhere(integration, source):
        yield rule.finding(
            integration.manifest.locate(_SOURCE),
            f"logs of the source {quoted(source)} come without a pipeline; expected one in "
            f"`{assets.LOGS}/`",
        )


def _is_parsed_elsewhere(integration: Integration, source: str) -> bool:
    """Tell whether another integration of the repository has a pipeline for a source: two tiles may share one."""
    tree, parent = integration.snapshot.tree, integration.prefix.parent
    if not integration.prefix.parts:  # what is beside the repository is none of it
        return False
    for name, is_folder in tree.entries(parent).items():
        folder = parent / name / assets.LOGS
        for path in tree.files(folder) if is_folder and tree.has_folder(folder) else ():
            if path.suffix in _SUFFIXES and source.lower() in _filtered(tree, path):
                return True
    return False


def _filtered(tree: Tree, path: PurePosixPath) -> set[str]:
    """Return the sources, in lower case, that a file of a pipeline filters for; none of one that can't be read."""
    try:
        text = tree.read(path, LARGEST).decode(errors="replace")
    except OSError:
        return set()
    lines = (line for line in text.splitlines() if line.strip().startswith("query:"))
    return {found.lower() for line in lines for found in _FILTER.findall(line)}


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
                f"the filter takes logs of the source {quoted(found)}, but the manifest names "
                f"{quoted(source)}; expected both to agree",
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


# What a review of the pipeline asks for


_BYPASS = re.compile(r"^\s*#\s*bypass-global-([a-z-]+)-checks\s*$", re.MULTILINE)


def _bypasses(document: YamlDocument) -> dict[str, int]:
    """Return the checks that comments of a pipeline turn off, each with the offset of the comment."""
    return {match[1]: match.start(1) for match in _BYPASS.finditer(document.text)}


def _is_bypassed(document: YamlDocument, asked: str) -> bool:
    return policies.load(policies.LogPipelines).bypasses[asked] in _bypasses(document)


def _processors(document: YamlDocument) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield every processor, those of pipelines inside included, with its pointer."""
    pending: list[Pointer] = [("pipeline", "processors")]
    while pending:
        pointer = pending.pop(0)
        items = value_at(document.value, pointer)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                yield (*pointer, index), item
                pending.append((*pointer, index, "processors"))


def _types(document: YamlDocument) -> set[str]:
    return {str(processor.get("type")) for _, processor in _processors(document)} - {"pipeline"}


def _has_pipeline(document: YamlDocument) -> bool:
    return isinstance(value_at(document.value, ("pipeline",)), dict)


def without_processor(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find pipelines that do nothing."""
    for document in _pipelines(integration):
        is_empty = _has_pipeline(document) and not _types(document)
        if is_empty and not _is_bypassed(document, "processors"):
            yield rule.finding(
                document.locate_key(("pipeline", "processors")),
                "the pipeline has no processor; expected at least a date remapper",
            )


def without_date(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find pipelines that don't say which attribute is the date; an empty one is another rule's."""
    remapper = policies.load(policies.LogPipelines).date_remapper
    for document in _pipelines(integration):
        types = _types(document)
        if types and remapper not in types and not _is_bypassed(document, "date"):
            yield rule.finding(
                document.locate_key(("pipeline", "processors")),
                f"no processor is a `{remapper}`; expected one that names the attribute with the log's date",
            )


def without_remapper(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find pipelines that leave the status or the message to what Datadog takes by default."""
    for document in _pipelines(integration):
        types = _types(document)
        missing = {
            type_: what
            for type_, what in policies.load(policies.LogPipelines).remappers.items()
            if type_ not in types
        }
        if types and missing:
            yield rule.finding(
                document.locate_key(("pipeline", "processors")),
                f"no processor is a {enumerated([f'`{type_}`' for type_ in missing], 'or a')}; expected the {enumerated([*missing.values()], 'and')} of the "
                "log to be named",
            )


def preserved_source(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find remappers that leave an attribute where it was, so that the log has it twice."""
    remapper = policies.load(policies.LogPipelines).attribute_remapper
    for document in _pipelines(integration):
        kept = [
            (*pointer, "preserveSource")
            for pointer, processor in _processors(document)
            if processor.get("type") == remapper and processor.get("preserveSource") is True
        ]
        if kept:
            more = f"; {amount(len(kept) - 1, 'more remapper')} like it" if len(kept) > 1 else ""
            yield rule.finding(
                document.locate(kept[0]),
                f"`preserveSource` is `true`; expected `false`, so that the log has the attribute once{more}",
                anywhere=True,
                related=tuple(
                    Related(document.locate(one), "the next one is here") for one in kept[1:2]
                ),
            )


def ungrouped_facet(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find facets that belong to no group."""
    for document in _pipelines(integration):
        facets = value_at(document.value, ("facets",))
        for index, facet in enumerate(facets if isinstance(facets, list) else ()):
            groups = facet.get("groups") if isinstance(facet, dict) else None
            is_grouped = isinstance(groups, list) and any(
                isinstance(one, str) and one.strip() for one in groups
            )
            if (
                isinstance(facet, dict)
                and not is_grouped
                and not _is_bypassed(document, "facet_group")
            ):
                yield rule.finding(
                    document.locate_key(("facets", index, "groups")),
                    f"the facet {quoted(facet.get('path'))} has no group; expected the name of the integration in "
                    "`groups`",
                )


def new_bypass(change: Change, rule: Rule) -> Iterator[Finding]:
    """Find comments that turn a check off which the base has not turned off."""
    before = set()
    if change.before is not None:
        for document in _readable(change.before):
            before |= {(document.path, name) for name in _bypasses(document)}
    for document in _readable(change.after):
        for name, start in _bypasses(document).items():
            if (document.path, name) not in before:
                place = Location(
                    document.integration, document.path, document.region(start, start + len(name))
                )
                yield rule.finding(
                    place,
                    f"the check `{name}` is turned off; expected the reviewer to have agreed to it",
                )


def _readable(integration: Integration) -> Iterator[YamlDocument]:
    """Yield the pipelines that can be read; of the others another rule tells."""
    for path in _files(integration)["pipelines"]:
        with suppress(DocumentError):
            yield integration.yaml(path)
