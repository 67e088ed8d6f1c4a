"""Policies: data with opinions, dated and sourced, in rules/policies/*.yaml, each with a type of its own.

A key that a type lacks, or a value of another type, is refused when a policy is loaded, before any check asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from validator.definitions import resources
from validator.definitions.typed import Misfit, reader
from validator.model import DefinitionError

Words = tuple[str, ...]
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page, a file or an observation that data come from."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What somebody found out about a subject, and the day (ISO 8601) on which they looked."""

    checked: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site: its name and other names, its domain, the host of its app; ``status`` tells why it is not listed."""

    name: str
    domain: str
    app: str
    aliases: Words = ()
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Somebody who hands out hosts below some suffixes."""

    name: str
    suffixes: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The role permissions behind the keys that an operation takes."""

    roles: Words


Entry = tuple[str | Words | Roles, ...]
"""The id of an operation, then sets of scopes any of which suffices, and the roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Columns of a table."""

    required: Words
    optional: Words
    with_rows: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Words, and what to write in their place."""

    write: str
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of every README: its name, others that do, and others that are often meant for it."""

    name: str
    variants: Words = ()
    instead: Words = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """The last day of a scope on the list, and its successor if it has one."""

    until: str
    successor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queried:
    """What reads one data type: any of ``scopes`` serves its tag, any of ``disclosed`` demands it."""

    scopes: Words
    disclosed: Words
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A kind of credential by its form: ``marks`` are texts of which it has one, ``random`` what it must look."""

    what: str
    marks: Words
    pattern: str
    random: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """Words of headings that are meant for Uninstallation."""

    words: Words
    other_subjects: Words
    removals: Words
    fillers: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """How it is said that authorizations are revoked."""

    stems: Words
    statements: Words
    base: str
    auxiliaries: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleanup:
    """How it is said that API keys are to be deleted."""

    stems: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """A page that is not there any more, and how it is still asked for."""

    path: str
    places: Words
    revocation_places: Words
    revocations: Words
    instructions: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChecks(Policy):
    """The Agent's own integrations."""

    names: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierTags(Policy):
    """The taxonomy of classifier tags."""

    groups: Mapping[str, Words]
    superseded: Texts
    removed: Words
    marketplace_only: Words
    mandatory: Texts
    single: Words
    meant: Texts
    group_names: Texts
    markers: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboards(Policy):
    """What a dashboard may hold, and what is left over in one."""

    layouts: Words
    old_formats: Texts
    copies: Words
    leftovers: Words
    nameless_titles: Words
    unfinished_titles: Words
    unfinished_words: Words
    titleless: Words
    picture_hosts: Words
    picture_folders: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DatadogHosts(Policy):
    """Which hosts of Datadog differ from site to site."""

    shared: Words
    calls: Words
    pages: Words
    call_endings: Words
    call_groups: Words
    page_groups: Words
    site_letters: Words
    customer_words: Words
    site_words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DatadogSites(Policy):
    """Datadog's sites."""

    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataflows(Policy):
    """What a dataflow may say."""

    data_types: Words
    directions: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints(Policy):
    """The operations of Datadog's API."""

    by_hand: Mapping[str, Entry]
    operations: Mapping[str, Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments(Policy):
    """Words for environments, and words that tell nothing."""

    environments: Words
    technical_words: Words
    service_words: Words
    common_words: Words
    leftover_words: Words
    filler_words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts(Policy):
    """Hosts that the internet can't reach, and those that are handed out."""

    local_labels: Words
    local_suffixes: Words
    loopback_suffixes: Words
    tunnels: tuple[Service, ...]
    platforms: tuple[Service, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Junk(Policy):
    """Files that nobody means to publish."""

    names: Words
    suffixes: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestPlaceholders(Policy):
    """What a template leaves in a manifest."""

    fields: Words
    markers: Words
    values: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestVersions(Policy):
    """The version of the manifest, and what became of the keys of the last."""

    supported: str
    successors: Texts
    gone: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Media(Policy):
    """Pictures of a tile."""

    extensions: Texts
    artwork: Words
    pictures: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics(Policy):
    """What metadata.csv may hold."""

    columns: Columns
    filled: Words
    types: Words
    orientations: Words
    curated: Words
    longest_description: int
    shared_prefixes: Words
    suffixes: Words
    meant: Texts
    time: Words
    units: Mapping[str, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misspellings(Policy):
    """Words as they are misspelt, each with the right one."""

    words: Texts
    common: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClientIds(Policy):
    """What the ids of published clients have in common."""

    published_node: str
    unpublished_nodes: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthSetup(Policy):
    """How READMEs ask for keys and let customers connect."""

    key_pages: Words
    key_names: Words
    asking: Words
    making: Words
    not_asking: Words
    permitting: Words
    permitted: Words
    agent_installation: Words
    common_words: Words
    other_sections: Words
    connecting: Words
    developing: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions(Policy):
    """Role permissions that are no OAuth scopes, by family."""

    notes: Texts
    permissions: Mapping[str, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholders(Policy):
    """What stands for something else in an address."""

    domains: Words
    host_labels: Words
    nouns: Words
    keys: Words
    yours: Words
    your_keys: Words
    capital_markers: Words
    markers: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ProseStyle(Policy):
    """Words that Datadog's style has others for."""

    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedListings(Policy):
    """The integrations that are published: the names of their folders, the UUIDs of their apps."""

    names: Words
    app_uuids: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonClient(Policy):
    """What the official Python client calls."""

    with_api_key: Words
    open: Words
    methods: Mapping[str, Texts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readme(Policy):
    """What a README must hold and must not."""

    sections: tuple[Section, ...]
    other_headings: Words
    supported_by_datadog: Words
    personal_mail_hosts: Words
    app_pages: Words
    company_words: Words
    datadog_hosts: Words
    denied: Mapping[str, Words]
    repositories: Texts
    branches: Words
    vague_links: Words
    markers: Words
    bracketed_markers: Words
    phrases: Words
    template_sentences: Words
    validated_sections: Words
    marketplace_sections: Words
    leftover_tags: Words
    documentation_folders: Words
    template_variables: Words
    linked_files: Words
    refused_shortcodes: Words
    rendered_shortcodes: Words
    html_tags: Words
    plain_characters: Texts
    invisible_blanks: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViews(Policy):
    """What a saved view may hold."""

    required: Words
    optional: Words
    types: Words
    pages: Mapping[str, Words | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDescriptions(Policy):
    """What each scope lets an integration do."""

    descriptions: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Codeowners(Policy):
    """What the repository's CODEOWNERS must say."""

    log_reviewers: str
    with_mailbox: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionRules(Policy):
    """What a detection rule of Cloud SIEM must hold."""

    statuses: Words
    tactic: str
    attack: str
    leftovers: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPipelines(Policy):
    """What a review of a log pipeline asks for, and the comments that turn it off."""

    bypasses: Texts
    remappers: Texts
    date_remapper: str
    attribute_remapper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OauthClientKeys(Policy):
    """Keys that a client's file doesn't have: what they were meant for, and which are secrets."""

    meant: Mapping[str, Words]
    secrets: Words
    rotation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeGuesses(Policy):
    """Words by which a name that is no scope is understood."""

    data: Words
    submitting: Words
    filler: Words
    vague: Words
    reading: Words
    writing: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes(Policy):
    """The catalogue of OAuth scopes."""

    partner: Words
    retired: Mapping[str, Retired]
    observed: Words
    listed_since: Texts
    access: Mapping[str, Words]
    risk: Mapping[str, Words]
    reads_secrets: Texts
    needs: Texts
    unread: Words
    queried: Mapping[str, Queried]
    changing: Words
    looking: Words
    write_keywords: Mapping[str, Words]
    read_keywords: Mapping[str, Words]
    listed: Words
    asked_for: Words
    without_operation: Words
    gone: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets(Policy):
    """What credentials look like, and what only looks like one."""

    datadog_key_words: tuple[Words, ...]
    datadog_key_endings: Words
    datadog_words: Words
    neutral_words: Words
    datadog_key_paths: Words
    datadog_tokens: tuple[Token, ...]
    public_tokens: Words
    client_secret_words: tuple[Words, ...]
    client_file_words: Words
    tokens: tuple[Token, ...]
    credential_words: tuple[Words, ...]
    documented_examples: Words
    placeholder_words: Words
    placeholder_marks: Words
    omission_marks: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Uninstallation(Policy):
    """What the section on uninstallation must say and must not."""

    stand_ins: StandIns
    foreign_headings: Texts
    near: int
    revocation: Revocation
    api_key_cleanup: Cleanup
    api_keys_path: str
    documented_page: str
    negations: Words
    obligations: Words
    outdated: Outdated
    templates: Texts


P = TypeVar("P", bound=Policy)


def load(type_: type[P]) -> P:
    """Return a policy, read once. Raises DefinitionError, with the file's name and the key, for a malformed one."""
    policy: P = _loaded(name_of(type_))
    return policy


@cache
def _loaded(name: str) -> Any:
    type_: Any = next(one for one in types() if name_of(one) == name)
    file = resources.folder("rules") / "policies" / f"{name}.yaml"
    try:
        return reader(type_)(resources.read_yaml(f"policy-{name}", [file])[name])
    except Misfit as misfit:
        raise DefinitionError(f"{file}: {misfit}") from None


def name_of(type_: type[Policy]) -> str:
    """Return the name of a policy's file, without its ending: ``oauth_setup`` for OAuthSetup."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type_.__name__).lower()


def types() -> tuple[type[Policy], ...]:
    """Return the type of every policy."""
    # A dataclass with slots is made anew from the class that was written, which is a subclass, too.
    return tuple({one.__name__: one for one in Policy.__subclasses__()}.values())
