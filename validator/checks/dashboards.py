"""Dashboards: what a customer finds in the list of dashboards after installing the integration."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from validator.definitions import policies
from validator.documents.json import JsonDocument, kind
from validator.facts import assets
from validator.facts.listing import made_by_platform
from validator.integration import MANIFEST, Integration, once
from validator.model import Edit, Finding, Fix, Location, Pointer, Related, Rule
from validator.reading import urls
from validator.wording import dotted, listed, quoted, shortened

_APP_UUID: Pointer = ("app_uuid",)
_METRIC = re.compile(r"(?<![\w.])([A-Za-z][\w.]*)\s*\{", re.ASCII)
_PLURAL = re.compile(r"(?<=[a-z]{2})s$")
_PICTURE = re.compile(r"!\[[^\]]{0,300}\]\(\s{0,9}<?([^)\s>]+)")


def widgets(
    document: JsonDocument, group: Pointer = ("widgets",)
) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the pointer and the definition of each widget in order, those within groups included."""
    items = document.get(group)
    for index, widget in enumerate(items if isinstance(items, list) else ()):
        definition = widget.get("definition") if isinstance(widget, dict) else None
        if isinstance(definition, dict):
            own = (*group, index, "definition")
            yield own, definition
            yield from widgets(document, (*own, "widgets"))


def invalid(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find dashboards that Datadog can't show: in an old format, or without title, widgets, layout."""
    for document in assets.objects(integration, "dashboards"):
        if old := _old_format(document):
            yield rule.finding(document.locate(old[0]), old[1])
            continue
        for pointer, message in (*_wrong_fields(document), *_wrong_widgets(document)):
            yield rule.finding(document.locate(pointer), message)


def missing_field(integration: Integration, rule: Rule, *, fields: list[str]) -> Iterator[Finding]:
    """Find dashboards without a key that an export always has; what has another format is another rule's."""
    for document in assets.objects(integration, "dashboards"):
        if "widgets" not in document.value or _old_format(document):
            continue
        for field in fields:
            if field not in document.value:
                yield rule.finding(
                    document.locate((field,)),
                    f"`{field}` is missing; expected it as the export has it",
                )


def _old_format(document: JsonDocument) -> tuple[Pointer, str] | None:
    """Return what tells that a dashboard has another format than exported dashboards have."""
    value = document.value
    if "widgets" in value and "layout_type" in value:
        return None
    for key, format_ in policies.load(policies.Dashboards).old_formats.items():
        if key in value:
            return (key,), (
                f"`{key}` belongs to a {format_}, a format of the past; expected the JSON that "
                "Export dashboard JSON writes"
            )
    for key, inner in value.items():
        if isinstance(inner, dict) and "widgets" in inner and "widgets" not in value:
            return (key,), (
                f"the dashboard stands under {quoted(key)}; expected it at the top level"
            )
    return None


def _wrong_fields(document: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    layouts = policies.load(policies.Dashboards).layouts
    for key, type_, expected in (
        ("title", str, "the name of the dashboard"),
        ("layout_type", str, listed(layouts)),
        ("widgets", list, "an array with at least one widget"),
    ):
        value = document.get((key,))
        if key not in document.value:
            yield (key,), f"`{key}` is missing; expected {expected}"
        elif not isinstance(value, type_):
            yield (key,), f"`{key}` is {kind(value)}; expected {expected}"
        elif not value or (isinstance(value, str) and not value.strip()):
            yield (key,), f"`{key}` is empty; expected {expected}"
        elif key == "layout_type" and value not in layouts:
            yield (key,), f"`layout_type` is {quoted(value)}; expected {expected}"


def _wrong_widgets(document: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    groups: list[Pointer] = [("widgets",)]
    groups += [(*pointer, "widgets") for pointer, found in widgets(document) if "widgets" in found]
    for group in groups:
        items = document.get(group)
        for index, widget in enumerate(items if isinstance(items, list) else ()):
            pointer = (*group, index)
            definition = widget.get("definition") if isinstance(widget, dict) else None
            if not isinstance(definition, dict):
                yield pointer, f"`{dotted(pointer)}` has no `definition`; expected the widget there"
            elif not isinstance(definition.get("type"), str) or not definition["type"]:
                yield (
                    (*pointer, "definition", "type"),
                    f"`{dotted(pointer)}` has no type; expected one such as `timeseries`",
                )


def without_description(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find dashboards whose description is empty; one that is missing makes them invalid."""
    for document in assets.objects(integration, "dashboards"):
        description = document.get(("description",), "missing")
        if description is None or (isinstance(description, str) and not description.strip()):
            yield rule.finding(
                document.locate(("description",)),
                "`description` is empty; expected what the dashboard shows and whom it helps",
            )


def cloned(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find titles and descriptions that still tell of the dashboard they were copied from."""
    markers = policies.load(policies.Dashboards).copies
    pattern = re.compile("|".join(map(re.escape, markers)), re.IGNORECASE)
    for document in assets.objects(integration, "dashboards"):
        for key in ("title", "description"):
            text = document.get((key,))
            found = list(islice(pattern.finditer(text), 3)) if isinstance(text, str) else []
            if not found:
                continue
            marks = [
                document.locate_slice((key,), len(text[: match.start()].rstrip()), match.end())
                for match in found
            ]
            yield rule.finding(
                document.locate_slice((key,), *found[0].span()),
                f"`{key}` has {quoted(found[0].group())}; expected the {key} without it",
                fix=Fix(
                    f"Remove {quoted(found[0].group())}", tuple(Edit(mark, "") for mark in marks)
                ),
            )


def export_leftovers(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find keys that tell of the account and the person that the dashboard was exported from."""
    names = policies.load(policies.Dashboards).leftovers
    for document in assets.objects(integration, "dashboards"):
        for name in names:
            if document.get((name,)) is not None:
                yield rule.finding(
                    document.locate_key((name,)),
                    f"`{name}` was left by the export; expected no such key",
                    fix=Fix(f"Remove `{name}`", (Edit(document.locate_removal((name,)), ""),)),
                )


def app_id(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find widgets of an app that isn't this integration."""
    uuid = assets.manifest_value(integration, _APP_UUID)
    if not isinstance(uuid, str) or not uuid:
        return
    related = (Related(integration.manifest.locate(_APP_UUID), "the app of this integration"),)
    for document in assets.objects(integration, "dashboards"):
        for pointer, definition in widgets(document):
            found = definition.get("app_id")
            if isinstance(found, str) and found and found != uuid:
                yield rule.finding(
                    document.locate((*pointer, "app_id")),
                    f"`app_id` is {quoted(found)}; expected the `app_uuid` {quoted(uuid)} of the "
                    f"{MANIFEST.stem}",
                    related=related,
                )


def _pictures(document: JsonDocument) -> Iterator[tuple[Pointer, int, str]]:
    """Yield each picture's address: the pointer of a string, the offset in it, the address."""
    for pointer, definition in widgets(document):
        keys = ["banner_img"]
        if definition.get("type") == "image":
            keys += ["url", "url_dark_theme"]
        for key in keys:
            value = definition.get(key)
            if isinstance(value, str):
                yield (*pointer, key), 0, value
        content = definition.get("content")
        if isinstance(content, str) and "![" in content:
            for match in islice(_PICTURE.finditer(content), 20):
                yield (*pointer, "content"), match.start(1), match.group(1)


def _locate_picture(document: JsonDocument, pointer: Pointer, start: int, address: str) -> Location:
    return document.locate_slice(pointer, start, start + min(len(address), 200))


def foreign_pictures(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find pictures on hosts that neither Datadog nor the repository of the integration keeps."""
    if made_by_platform(integration):
        return
    seen: set[str] = set()  # the same picture stands in several dashboards
    for document in assets.objects(integration, "dashboards"):
        for pointer, start, address in _pictures(document):
            url = urls.parse(address.strip())
            if url.is_web and not _is_kept(url) and address.strip() not in seen:
                seen.add(address.strip())
                yield rule.finding(
                    _locate_picture(document, pointer, start, address),
                    f"the picture is kept on `{_keeper(url)}`; expected `/static/images/…` or "
                    "`https://raw.githubusercontent.com/DataDog/integrations-extras/master/…`",
                )


def _is_kept(url: urls.Url) -> bool:
    policy = policies.load(policies.Dashboards)
    hosts, folders = policy.picture_hosts, policy.picture_folders
    host, path = url.hostname, url.path.text
    return urls.within(host, hosts) or any(
        f"{host}{path}".startswith(f"{folder}/") for folder in folders
    )


def _keeper(url: urls.Url) -> str:
    """Return the host of a picture; on GitHub, the account, too."""
    if url.hostname in ("github.com", "raw.githubusercontent.com"):
        return shortened(f"{url.hostname}/{url.path.text.strip('/').partition('/')[0]}")
    return shortened(url.hostname)


def inline_pictures(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find pictures that are written into the dashboard itself."""
    for document in assets.objects(integration, "dashboards"):
        for pointer, start, address in _pictures(document):
            if address.strip().lower().startswith("data:"):
                yield rule.finding(
                    _locate_picture(document, pointer, start, address),
                    f"the picture is written out in {len(address):,} characters; expected its address",
                )


def unfinished_title(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find titles of a trial: nothing but such words beside names, or a mark such as `[WIP]`."""
    policy = policies.load(policies.Dashboards)
    for document in assets.objects(integration, "dashboards"):
        title = document.get(("title",))
        if not isinstance(title, str):
            continue
        marks = [word for word in policy.unfinished_words if word in title]
        words = urls.words(title)
        rest = " ".join(word for word in words if word not in _own_words(integration))
        if marks:
            message = f"`title` has {quoted(marks[0])}; expected what the dashboard shows"
        elif rest in policy.unfinished_titles or " ".join(words) in policy.nameless_titles:
            message = (
                f"`title` is {quoted(title)}; expected what the dashboard shows, such as "
                f"`{shortened(_name(integration))} Overview`"
            )
        else:
            continue
        yield rule.finding(document.locate(("title",)), message)


@once
def _own_words(integration: Integration) -> frozenset[str]:
    """Return the words of the names of the integration and of its author."""
    pointers: tuple[Pointer, ...] = (
        ("tile", "title"),
        ("app_id",),
        ("author", "name"),
        ("assets", "integration", "source_type_name"),
    )
    names = [assets.manifest_value(integration, pointer) for pointer in pointers]
    return frozenset(
        word
        for name in (*names, integration.name)
        if isinstance(name, str)
        for word in urls.words(name)
    )


def _name(integration: Integration) -> str:
    title = assets.manifest_value(integration, ("tile", "title"))
    return title if isinstance(title, str) and title.strip() else integration.name


def untitled_widgets(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find widgets that show data without a title."""
    titleless = policies.load(policies.Dashboards).titleless
    for document in assets.objects(integration, "dashboards"):
        for pointer, definition in widgets(document):
            type_, title = definition.get("type"), definition.get("title")
            if not isinstance(type_, str) or type_ in titleless or definition.get("banner_img"):
                continue
            if title is None or (isinstance(title, str) and not title.strip()):
                yield rule.finding(
                    document.locate((*pointer, "type")),
                    f"the {quoted(type_)} widget has no title",
                    about=json.dumps(
                        definition, sort_keys=True
                    ),  # nothing else tells it from others
                )


def unknown_metrics(integration: Integration, rule: Rule, *, most: int) -> Iterator[Finding]:
    """Find metrics of the integration's own prefix that metadata.csv doesn't describe.

    A dashboard with more than ``most`` of them gets one finding for all.
    """
    prefix = assets.manifest_value(integration, ("assets", "integration", "metrics", "prefix"))
    tables = list(assets.metadata(integration))
    if not isinstance(prefix, str) or not tables:
        return
    known = {table.cell(row, "metric_name") for table in tables for row in table.rows}
    alike = _grouped(known)
    for document in assets.objects(integration, "dashboards"):
        places = _unknown_metrics(document, prefix, known)
        if len(places) > most:
            examples = listed((shortened(name) for name in list(places)[:3]), "and")
            yield rule.finding(
                next(iter(places.values())),
                f"`{tables[0].path}` lacks {len(places)} metrics of this dashboard, such as {examples}",
            )
            continue
        queried = _queried(document) if places else ()
        for name, place in places.items():
            yield rule.finding(
                place,
                f"`{tables[0].path}` has no metric {quoted(name)}{_meant(name, alike, queried)}",
                about=name,
                anywhere=True,
            )


def _grouped(names: Iterable[str]) -> dict[str, list[str]]:
    """Return names by what those that are alike have in common."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(_alike(name), []).append(name)
    return found


def _queried(document: JsonDocument) -> set[str]:
    """Return every metric that a dashboard queries."""
    return {name for _, query in _queries(document) for name in _METRIC.findall(query)}


def _unknown_metrics(document: JsonDocument, prefix: str, known: set[str]) -> dict[str, Location]:
    """Return the metrics that nobody describes, each with the first place of its name."""
    # A name that ends in a dot or an asterisk stands for all that begin with it.
    families = {name.rstrip("*") for name in known if name.endswith((".", "*"))}
    lengths = {len(family) for family in families}
    suffixes = tuple(f".{suffix}" for suffix in policies.load(policies.Metrics).suffixes)
    places: dict[str, Location] = {}
    for pointer, query in _queries(document):
        for match in _METRIC.finditer(query):
            name = match.group(1)
            if name in known or name in places or not _has_prefix(name, prefix):
                continue
            is_derived = name.endswith(suffixes) and name.rpartition(".")[0] in known
            is_of_family = any(name[:length] in families for length in lengths)
            if not is_derived and not is_of_family:
                places[name] = document.locate_slice(pointer, *match.span(1))
    return places


def _meant(name: str, known: Mapping[str, list[str]], queried: Collection[str]) -> str:
    """Return the metric that was meant: another plural, case or separator, and none that is queried, too.

    ``known`` are the metrics by what those that are alike have in common.
    """
    close = [other for other in known.get(_alike(name), ()) if other not in queried]
    return f"; did you mean {quoted(close[0])}?" if close else ""


def _alike(name: str) -> str:
    """Return what a name has in common with others that differ in plurals, case and separators."""
    return "".join(_PLURAL.sub("", word) for word in urls.words(name))


def _has_prefix(name: str, prefix: str) -> bool:
    """Tell whether a metric is the integration's own; a prefix need not end in its dot."""
    head = prefix.rstrip("._")
    return name.startswith(prefix) and name[len(head) :][:1] in ("", ".", "_")


def _queries(document: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    """Yield the queries for metrics, each with its pointer."""
    for pointer, definition in widgets(document):
        for own, request in _members((*pointer, "requests"), definition.get("requests")):
            if isinstance(request, dict):
                yield from _query((*own, "q"), request.get("q"))
                for place, query in _members((*own, "queries"), request.get("queries")):
                    if isinstance(query, dict) and query.get("data_source") in (None, "metrics"):
                        yield from _query((*place, "query"), query.get("query"))


def _members(pointer: Pointer, value: Any) -> Iterator[tuple[Pointer, Any]]:
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, item in items:
        yield (*pointer, step), item


def _query(pointer: Pointer, value: Any) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, str):
        yield pointer, value


def too_many(integration: Integration, rule: Rule, *, kind: str, most: int) -> Iterator[Finding]:
    """Find more dashboards, or monitors, than the platform takes."""
    named = assets.manifest_value(integration, ("assets", kind))
    if isinstance(named, dict) and len(named) > most:
        yield rule.finding(
            integration.manifest.locate_key(("assets", kind)),
            f"`assets.{kind}` names {len(named)} files; expected at most {most}",
        )


_GITHUB_PAGE = re.compile(r"/[^/]+/[^/]+/(?:blob|tree|raw)/")


def page_for_picture(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find pictures whose address is that of a page of GitHub, which is no picture."""
    for document in assets.objects(integration, "dashboards"):
        for pointer, start, address in _pictures(document):
            url = urls.parse(address.strip())
            page = _GITHUB_PAGE.match(url.path.text) if url.hostname == "github.com" else None
            if page is not None and "/raw/" not in page[0] and "raw=true" not in url.value:
                account = (
                    url.path.text.strip("/").replace("/blob/", "/", 1).replace("/tree/", "/", 1)
                )
                yield rule.finding(
                    _locate_picture(document, pointer, start, address),
                    f"the address is a page of `github.com`; expected the picture, such as "
                    f"`https://raw.githubusercontent.com/{shortened(account)}`",
                )


_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")


def _variables(document: JsonDocument) -> list[tuple[int, str]]:
    """Return the template variables that are defined, each with its place in their list."""
    defined = document.get(("template_variables",))
    return [
        (index, variable["name"])
        for index, variable in enumerate(defined if isinstance(defined, list) else ())
        if isinstance(variable, dict)
        and isinstance(variable.get("name"), str)
        and variable["name"].strip()
    ]


def unused_variables(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find template variables that nothing in a dashboard uses: a menu without effect."""
    for document in assets.objects(integration, "dashboards"):
        defined = _variables(document)
        body = json.dumps(document.get(("widgets",))) if defined else ""
        for index, name in defined:
            if f"${name}" not in body and json.dumps(f"${name}")[1:-1] not in body:
                yield rule.finding(
                    document.locate(("template_variables", index, "name")),
                    f"nothing in the dashboard uses the template variable {quoted(name)}; expected `${name}` in a "
                    "query, or no such variable",
                )


def undefined_variables(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find template variables that queries use and nobody defines: these queries find nothing."""
    for document in assets.objects(integration, "dashboards"):
        known = {name for _, name in _variables(document)}
        seen: set[str] = set()
        for pointer, query in _queries(document):
            for match in _VARIABLE.finditer(query):
                name = match[1]
                is_known = any(name == one or one.startswith(name) for one in known)
                if not is_known and name not in seen:
                    seen.add(name)
                    yield rule.finding(
                        document.locate_slice(pointer, *match.span()),
                        f"{quoted(match[0])} is no template variable of this dashboard; expected it in "
                        "`template_variables`",
                        about=name,
                        anywhere=True,
                    )


def padded_title(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find titles with a blank before or behind them."""
    for document in assets.objects(integration, "dashboards"):
        title = document.get(("title",))
        if isinstance(title, str) and title.strip() and title != title.strip():
            yield rule.finding(
                document.locate(("title",)),
                f"`title` is {quoted(title)} with a blank at an end; expected none",
                fix=Fix(
                    "Remove the blank",
                    (Edit(document.locate(("title",)), json.dumps(title.strip())),),
                ),
            )
