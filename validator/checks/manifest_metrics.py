"""What the manifest says of metrics, against the table that describes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from validator.definitions import policies
from validator.facts import assets
from validator.facts.metadata import metrics, name_index
from validator.integration import Integration, once
from validator.model import Finding, Location, Pointer, Related, Rule
from validator.spelling import offer
from validator.wording import dotted, quoted

_METRICS: Pointer = ("assets", "integration", "metrics")
_CHECK: Pointer = (*_METRICS, "check")
_PREFIX: Pointer = (*_METRICS, "prefix")
_PRICING: Pointer = ("pricing",)


@once
def _described(integration: Integration) -> dict[str, Location] | None:
    """Return the metrics that are described, each with its place; None without a table."""
    tables = list(assets.metadata(integration))
    if not tables or not all("metric_name" in table.header for table in tables):
        return None
    return {
        name: table.locate(row, name_index(table))
        for table in tables
        for row, name in metrics(table)
    }


def unknown_check(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find metrics by which the integration is said to work and that nobody describes."""
    manifest, described = integration.manifest, _described(integration)
    if described is None:
        return
    billed = _billed(integration)
    for pointer, metric in _checks(integration):
        if metric not in described and metric not in billed:
            yield rule.finding(
                manifest.locate(pointer),
                f"`{dotted(pointer)}` is {quoted(metric)}, which `metadata.csv` does not list"
                f"{offer(metric, described) or '; expected one of its metrics, or none'}",
            )


def empty_check(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find the metric by which an integration is said to work, where none is named though some are described."""
    value, described = integration.manifest.get(_CHECK), _described(integration)
    is_empty = value == [] or (isinstance(value, str) and not value.strip())
    if is_empty and described:
        yield rule.finding(
            integration.manifest.locate(_CHECK),
            f"`{dotted(_CHECK)}` is empty, but `metadata.csv` lists metrics; expected one that shows that data "
            f"arrive, such as {quoted(next(iter(described)))}",
        )


def _checks(integration: Integration) -> Iterator[tuple[Pointer, str]]:
    value = integration.manifest.get(_CHECK)
    items = enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, str) and value.strip():
        yield _CHECK, value
    for index, item in items:
        if isinstance(item, str) and item.strip():
            yield (*_CHECK, index), item


def _billed(integration: Integration) -> set[str]:
    """Return the metrics by which an offering is billed: the platform knows them without a table."""
    prices = integration.manifest.get(_PRICING)
    found = (
        price.get("metric")
        for price in (prices if isinstance(prices, list) else ())
        if isinstance(price, dict)
    )
    return {metric for metric in found if isinstance(metric, str)}


def _prefix(integration: Integration) -> str:
    value = integration.manifest.get(_PREFIX)
    return value if isinstance(value, str) and value.strip() else ""


def prefix_mismatch(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a prefix that no metric begins with."""
    manifest, prefix, described = (
        integration.manifest,
        _prefix(integration),
        _described(integration),
    )
    fitting = (prefix, *policies.load(policies.Metrics).shared_prefixes)
    if not prefix or not described or any(name.startswith(fitting) for name in described):
        return
    name, place = next(iter(described.items()))
    common = _common_names(described, prefix.count(".") or 1)
    expected = f"`{common}`" if common else "what all of them begin with"
    yield rule.finding(
        manifest.locate(_PREFIX),
        f"`{dotted(_PREFIX)}` is {quoted(prefix)}, but no metric begins with it; expected {expected}",
        related=(Related(place, f"the first metric is {quoted(name)}"),),
    )


def _common_names(metrics: Iterable[str], most: int) -> str:
    """Return the names, each with its dot, that all metrics begin with; no more than so many."""
    common = ""
    for names in islice(zip(*(metric.split(".")[:-1] for metric in metrics), strict=False), most):
        if len(set(names)) > 1:
            break
        common += f"{names[0]}."
    return common


def prefix_without_dot(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a prefix that may end, or does end, in the midst of a name."""
    prefix = _prefix(integration)
    if not prefix or prefix.endswith("."):
        return
    found = f"`{dotted(_PREFIX)}` is {quoted(prefix)}"
    own = [name for name in _described(integration) or () if name.startswith(prefix)]
    longer = next((name for name in own if not name.startswith(f"{prefix}.")), None)
    if longer is None:
        message = f"{found}; expected a dot at its end, `{prefix}.`"
    else:
        message = f"{found}, which ends in the midst of {quoted(longer)}; expected a dot at its end"
    yield rule.finding(integration.manifest.locate(_PREFIX), message)
