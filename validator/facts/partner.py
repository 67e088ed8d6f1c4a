"""Who stands behind an integration: a partner, or Datadog and its community."""

from __future__ import annotations

from validator.definitions import policies
from validator.facts.assets import manifest_value
from validator.integration import Integration, once
from validator.reading.urls import within, words

_NAME = ("author", "name")
_SUPPORT = ("author", "support_email")


@once
def partner(integration: Integration) -> str:
    """Return the partner's name as the manifest has it; an empty one where Datadog or its community is the author.

    A person is of the community: one whose mail is at a provider for everybody, and whose name is no company's.
    Without an author in the manifest nobody is known. Raises DocumentError when the manifest can't be read.
    """
    name = integration.manifest.get(_NAME)
    ours = policies.load(policies.Readme).supported_by_datadog
    if not isinstance(name, str) or name.strip().casefold() in ("", *ours):
        return ""
    return "" if _is_person(name, support_host(integration)) else name


def _is_person(name: str, host: str) -> bool:
    policy = policies.load(policies.Readme)
    own = words(name)
    return (
        host in policy.personal_mail_hosts and len(own) > 1 and not {*own} & {*policy.company_words}
    )


def support_host(integration: Integration) -> str:
    """Return the host of the author's support address in lower case; an empty text without one."""
    address = manifest_value(integration, _SUPPORT)
    return address.strip().rpartition("@")[2].lower() if isinstance(address, str) else ""


def is_supported_by_datadog(integration: Integration) -> bool:
    """Tell whether the manifest sends customers who need help to an address of Datadog's."""
    return within(support_host(integration), policies.load(policies.Readme).datadog_hosts)


def is_by_datadog(integration: Integration) -> bool:
    """Tell whether the manifest names Datadog or its community as the author."""
    return isinstance(manifest_value(integration, _NAME), str) and not partner(integration)
