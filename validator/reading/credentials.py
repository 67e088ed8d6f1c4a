"""Credentials in a text: what has the form of one and is no placeholder.

A text is read as characters, whatever language it is in: a key is public wherever it stands, in a
comment, in a link, in a JSON file that doesn't parse. Every pattern is linear in the text's length. What
counts is data in ``rules/policies/secrets.yaml``.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from urllib.parse import unquote

from validator.definitions import policies
from validator.reading import urls


@dataclass(frozen=True, slots=True)
class Credential:
    """A literal credential: a clause that says so without giving it away, and its offsets in the text.

    A private key goes over several lines. ``certain`` tells that a name or a form leaves no doubt; otherwise the value only looks random.
    """

    message: str
    start: int
    end: int
    certain: bool


def find(text: str, *, in_client: bool = False) -> list[Credential]:
    """Return the credentials of a text, in order, none inside another.

    ``in_client`` tells that the text is an OAuth client's definition, where any secret is the client's.
    """
    plain = _without_escapes(text)
    found = [
        *_private_keys(plain),
        *_datadog_keys(plain),
        *_tokens(plain, certain=True),
        *_assigned(plain, in_client=in_client),
        *_tokens(plain, certain=False),
        *_told(plain),
    ]
    kept: list[Credential] = []
    for credential in sorted(found, key=lambda one: (one.start, not one.certain, -one.end)):
        if not kept or credential.start >= kept[-1].end:
            kept.append(credential)
        elif credential.certain and not kept[-1].certain:
            kept[-1] = credential
    return kept


_PERCENT = re.compile(r"%(?:20|22|26|27|2[Cc]|3[AaDd])")
_ESCAPE = re.compile(r"(?<!\\)\\+([nrt\"'`_-])")


def _without_escapes(text: str) -> str:
    r"""Return a text of the same length in which ``\n`` is blank, ``\"`` a quote and ``\_`` an underscore.

    So a curl command in a dashboard's note and a name in Markdown read as they are meant. Signs of a URL
    that are written as ``%20`` are read, too.
    """
    if "%" in text:
        text = _PERCENT.sub(lambda match: f"{unquote(match.group()):>3}", text)
    if "\\" not in text:
        return text

    def plain(match: re.Match[str]) -> str:
        escaped, length = match.group(1), len(match.group())
        if escaped in "nrt":
            return " " * length
        return escaped * length if escaped in "_-" else " " * (length - 1) + escaped

    return _ESCAPE.sub(plain, text)


# --- private keys


_PRIVATE_KEY = re.compile(
    r"-----BEGIN {1,3}(?:[A-Z0-9]{1,10} {1,3}){0,3}PRIVATE {1,3}KEY(?: {1,3}BLOCK)?-----"
)
_KEY_LINE = re.compile(r"[A-Za-z0-9+/]{40,}")
_KEY_LINES = re.compile(
    r"(?:[^A-Za-z0-9+/=]{1,40}(?:Proc-Type|DEK-Info|Comment|Version):[^\n]{0,200})*"
    r"(?:[^A-Za-z0-9+/=]{1,40}[A-Za-z0-9+/=]{8,})*(?:[^A-Za-z0-9+/=]{1,40}[A-Za-z0-9+/]+=)?"
)
_LONGEST_KEY = 20_000
_CUT_OFF = 400
"""Characters to look at where the end is missing: what is left of a key may do."""
_SHORTEST_KEY = 60


def _private_keys(text: str) -> Iterator[Credential]:
    left_out = policies.load(policies.Secrets).omission_marks
    for match in _PRIVATE_KEY.finditer(text):
        end = text.find("-----", match.end(), match.end() + _LONGEST_KEY)
        if end < 0:
            rest = _KEY_LINES.match(text, match.end(), match.end() + _LONGEST_KEY)
            end = max(match.end() + _CUT_OFF, rest.end() if rest else 0)
        body = text[match.end() : end]
        material = "".join(_KEY_LINE.findall(body))
        # Words are not looked for: a long key spells short ones by chance.
        is_whole = not (any(mark in body for mark in left_out) or _is_regular(material))
        if len(material) >= _SHORTEST_KEY and is_whole:
            message = f"`{' '.join(match.group().split())}` opens a private key; expected none in a public repository"
            yield Credential(message, match.start(), match.end() + len(body), certain=True)


# --- keys of Datadog


_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_BEFORE = re.compile(
    # a name, or up to three words
    r"(?<![A-Za-z0-9_])([A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z][A-Za-z0-9_.-]*){0,2})"
    # and what may stand between it and its value
    r"([^A-Za-z0-9]{1,48}(?:(?:is|value|default|literal|[Ss]tring)[^A-Za-z0-9]{1,48}){0,2})$"
)
_ASSIGNING = re.compile(r"[:=|`'\">,]|is|value|default|^[ *_]+$")
_WINDOW = 160
_DATADOG_LENGTHS = {32: "<DD_API_KEY>", 40: "<DD_APP_KEY>"}


def _datadog_keys(text: str) -> Iterator[Credential]:
    for match in _HEX.finditer(text):
        value, (start, end) = match.group(), match.span()
        placeholder = _DATADOG_LENGTHS.get(len(value))
        if (
            placeholder is None
            or text[start - 1 : start].isalnum()
            or text[end : end + 1].isalnum()
        ):
            continue
        name = _datadog_key_name(text[max(start - _WINDOW, 0) : start])
        if name and not is_placeholder(value):
            message = f"{name} holds a literal of {len(value)} hex digits ({_masked(value)})"
            message = f"{message}; expected a placeholder such as `{placeholder}`"
            yield Credential(message, start, end, certain=True)


def _datadog_key_name(before: str) -> str:
    """Return the name of a Datadog key at the end of a text, in backticks; nothing without one."""
    policy = policies.load(policies.Secrets)
    if before.endswith(tuple(policy.datadog_key_paths)) and _DATADOG_HOST.search(before):
        return "the URL"
    match = _BEFORE.search(before)
    if match is None:
        return ""
    tokens = match.group(1).split(" ")
    name, words = tokens[-1], _words(tokens[-1])
    if not _ends_in_key(words):  # "API key", in two words
        if len(tokens) == 1 or not _ASSIGNING.search(match.group(2)):
            return ""
        name, words = " ".join(tokens[-2:]), _words(" ".join(tokens[-2:]))
    return f"`{name}`" if _ends_in_key(words) and _is_datadogs(name, words) else ""


_DATADOG_HOST = re.compile(r"(?:datadoghq\.(?:com|eu)|ddog-gov\.com)[^\s\"'`]{0,60}$")


def _ends_in_key(words: Sequence[str]) -> bool:
    return bool(_key_word_count(words))


def _key_word_count(words: Sequence[str]) -> int:
    """Return how many words at the end make the name of a Datadog key; 0 when they don't."""
    policy = policies.load(policies.Secrets)
    endings = set(policy.datadog_key_endings)
    after = 1 if words and words[-1] in endings else 0
    kept = tuple(words[: len(words) - after])
    return next(
        (
            len(key) + after
            for key in policy.datadog_key_words
            if kept[len(kept) - len(key) :] == key
        ),
        0,
    )


def _is_datadogs(name: str, words: Sequence[str]) -> bool:
    """Whether no other service's name goes before the words of the key."""
    policy = policies.load(policies.Secrets)
    if set(words) & set(policy.datadog_words):
        return True
    own = _words(name.rpartition(".")[2])  # `config.api_key` is the key of nobody in particular
    words = own if _ends_in_key(own) else words
    return set(words[: len(words) - _key_word_count(words)]) <= set(policy.neutral_words)


# --- what a name says is a secret


_NAME_BACKWARDS = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_VALUE = re.compile(r"(?:[ \t]{0,40}|\s{1,60}(?=[\"']))([\"'`]?)([^\s\"'`,;&<>|]{8,400})")
_CLOSING = re.compile(r"[)\]}:*\\]+\.?$")
"""What closes behind a value, such as the end of a link, which may be that of a sentence, too."""
_SHORTEST_RANDOM = 16
_REFERENCE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", re.ASCII)


@cache
def _assignments() -> re.Pattern[str]:
    """Match the end of a credential's name and what assigns a value to it."""
    policy = policies.load(policies.Secrets)
    lists = (*policy.credential_words, *policy.client_secret_words)
    last = sorted({words[-1] for words in lists})
    last = sorted({*last, *policy.client_file_words})
    cases = "|".join(f"{word}|{word.capitalize()}|{word.upper()}" for word in last)
    return re.compile(
        rf"({cases})"
        r"(?:[\"'`\])*]{0,4}[ \t]{0,8}(?::=|=>|[=:,>|])"  # `name: `, `"name" => `, `("name", `
        r"|[\"'`]?,?\s{1,80}[\"']?value[\"']?\s{0,8}[:=]"  # `name: NAME`, on the next line `value: `
        r"|[ \t]{1,8}(?=[^\s=:,>|-]))"  # `--name `
    )


def _assigned(text: str, *, in_client: bool) -> Iterator[Credential]:
    for match in _assignments().finditer(text):
        name = _name_at(text, match.end(1))
        if match.group()[-1] in " \t" and not text.endswith(f"--{name}", 0, match.end(1)):
            continue  # a blank assigns only on a command line
        kind = _kind_of_name(name, in_client)
        value_match = _VALUE.match(text, match.end()) if kind else None
        if value_match is None:
            continue
        quote, value = value_match.groups()
        value = _CLOSING.sub("", value)
        if is_placeholder(value) or any(one.fullmatch(value) for one in _public_tokens()):
            continue
        start, value = value_match.start(2), value.rstrip(".)]}:*\\")
        span = (start, start + len(value))
        if kind == "client secret" and _is_literal(value, quoted=bool(quote), any_text=in_client):
            message = f"`{name}` holds a literal ({_masked(value)}); expected no client secret here"
            yield Credential(message, *span, certain=True)
        elif len(value) >= _SHORTEST_RANDOM and _looks_random(value):
            message = f"`{name}` holds what looks like a credential ({_masked(value)})"
            yield Credential(f"{message}; expected a placeholder", *span, certain=False)


# --- what a sentence, a table or a heading says is a secret


_MADE_UP = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9_+/=~-]{16,400}")
_TOLD = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z][A-Za-z0-9_-]*)?)"
    # what may stand between a name and its value; `([` opens a reference, to a commit mostly
    r"(?!\W{0,4}\(\[)((?:[\s*_`\"':=|(\[,>–—-]|</?[a-z]{1,6}>){1,24}"
    r"(?:(?:is|was|be|to|as|value|such|like)[\s*_`\"':=(]{1,8}){0,3})$"
)
_TELLING = ("secret", "password", "passwd", "pwd", "token", "key", "bearer")


def _told(text: str) -> Iterator[Credential]:
    """Yield values that look made up right behind the name of a credential, nothing assigning them."""
    for match in _MADE_UP.finditer(text):
        value, (start, end) = match.group().rstrip("=_-/"), match.span()
        before = text[max(start - _WINDOW // 2, 0) : start]
        if not any(word in before.lower() for word in _TELLING):
            continue
        told = _TOLD.search(before)
        if told is None or not (_looks_random(value) or _is_long_hex(value)):
            continue
        both, last = told.group(1), told.group(1).rpartition(" ")[2]
        name, kind = next(
            ((name, kind) for name in (both, last) if (kind := _kind_of_name(name, False))),
            ("", ""),
        )
        if not kind or any(one.fullmatch(value) for one in _public_tokens()):
            continue
        end = start + len(value)
        if kind == "client secret":
            message = f"`{name}` holds a literal ({_masked(value)}); expected no client secret here"
        else:
            message = f"`{name}` holds what looks like a credential ({_masked(value)})"
            message = f"{message}; expected a placeholder"
        yield Credential(message, start, end, certain=kind == "client secret")


def _is_long_hex(value: str) -> bool:
    return _HEX.fullmatch(value) is not None and not is_placeholder(value)


def _words(name: str) -> list[str]:
    """Return the words of a name in any spelling, numbers left out: ``ddApiKey_2`` is dd, api, key."""
    return [word for word in urls.words(name) if word.isalpha()]


@lru_cache(maxsize=10_000)
def _kind_of_name(name: str, in_client: bool) -> str:
    """Return ``client secret`` or ``credential`` for the name of one, else an empty string."""
    policy = policies.load(policies.Secrets)
    words = _words(name)
    if _ends_in(words, policy.client_secret_words) or (
        in_client and words[-1] in policy.client_file_words
    ):
        return "client secret"
    return "credential" if _ends_in(words, policy.credential_words) else ""


@cache
def _public_tokens() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in policies.load(policies.Secrets).public_tokens)


def _name_at(text: str, end: int) -> str:
    """Return the name that ends at an offset."""
    match = _NAME_BACKWARDS.match(text[max(end - 80, 0) : end][::-1])
    assert match is not None
    return match.group()[::-1].lstrip("0123456789_.-")


def _ends_in(words: Sequence[str], names: Iterable[policies.Words]) -> bool:
    return any(tuple(words[-len(name) :]) == name for name in names)


def _is_literal(value: str, *, quoted: bool, any_text: bool) -> bool:
    """Whether a value is the secret itself: no placeholder, type, variable or word of prose."""
    if len(value) < 8 or is_placeholder(value) or (not quoted and _REFERENCE.fullmatch(value)):
        return False
    return any_text or any(character.isdigit() for character in value)


# --- tokens that say what they are


@dataclass(frozen=True, slots=True)
class _Token:
    """A kind of token: one of its marks is in the text if there is one, which is fast to tell."""

    what: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    is_random: bool


@cache
def _token_kinds(*, certain: bool) -> tuple[_Token, ...]:
    """Return Datadog's own kinds of token, which are certain, or those of others."""
    policy = policies.load(policies.Secrets)
    kinds = []
    for entry in policy.datadog_tokens if certain else policy.tokens:
        pattern = re.compile(entry.pattern)
        if not pattern.groups:  # what stands around a group bounds it already
            pattern = re.compile(f"(?<![A-Za-z0-9])(?:{entry.pattern})(?![A-Za-z0-9])")
        kinds.append(_Token(entry.what, tuple(entry.marks), pattern, entry.random))
    return tuple(kinds)


def _tokens(text: str, *, certain: bool) -> Iterator[Credential]:
    for token in _token_kinds(certain=certain):
        if not any(mark in text for mark in token.marks):
            continue
        for match in token.pattern.finditer(text):
            group = token.pattern.groups
            value = match.group(group)
            if is_placeholder(value) or (token.is_random and not _looks_random(value)):
                continue
            if value.startswith("eyJ") and not _is_web_token(value):
                continue
            message = f"{_masked(value)} is a literal {token.what}; expected a placeholder"
            yield Credential(message, *match.span(group), certain)


def _is_web_token(value: str) -> bool:
    """Whether the first part is the header of a JSON web token."""
    header = value.partition(".")[0]
    try:
        decoded = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(decoded, dict) and "alg" in decoded


# --- placeholders and randomness


def is_placeholder(value: str) -> bool:
    """Whether a value is a documented example, a word for a secret, or too regular to be one."""
    policy = policies.load(policies.Secrets)
    folded = value.lower()
    return (
        folded in _documented()
        or any(word in folded for word in policy.placeholder_words)
        or any(mark in value for mark in policy.placeholder_marks)
        or _is_regular(folded)
    )


@cache
def _documented() -> frozenset[str]:
    return frozenset(value.lower() for value in policies.load(policies.Secrets).documented_examples)


_JUDGED = 80
"""Characters of a value that tell whether it is regular."""
_FEW = 8
"""Different characters up to which a long value is regular; forty random hex digits have fourteen."""


def _is_regular(value: str) -> bool:
    """Whether a value repeats itself, counts up or down, or has few different characters."""
    value = value[:_JUDGED]
    if len(set(value)) <= min(max(len(value) // 5, 2), _FEW):
        return True
    if any(value.startswith(value[period:]) for period in range(1, len(value) // 2 + 1)):
        return True
    steps = sum(
        _follows(value[index], value[index - 1])
        or (index > 1 and _follows(value[index], value[index - 2]))
        for index in range(1, len(value))
    )
    return steps >= 0.8 * (len(value) - 1)


def _follows(character: str, before: str) -> bool:
    return abs(ord(character) - ord(before)) <= 1 or before + character in _WRAPS


_WRAPS = {"90", "09", "9a", "f0", "fa", "az", "za", "z0"}


_LONGEST_WORDS = 3.2
"""The mean length of the pieces of a value from which on it is made of words."""


def _looks_random(value: str) -> bool:
    """Whether a value is one that a machine made up: letters among digits, irregular, without words."""
    if is_placeholder(value) or _UUID.fullmatch(value) or "://" in value:
        return False
    kinds = [_kind(character) for character in value]
    changes = sum(one != other for one, other in pairwise(kinds))
    return (
        {"digit"} < set(kinds)
        and changes >= len(value) / 4
        and len(value) < _LONGEST_WORDS * len(urls.words(value))
        and _entropy(value) >= min(3.2, 0.85 * math.log2(len(value)))
    )


_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "upper" if character.isupper() else "lower"
    return "other"


_ANY_MADE_UP = re.compile(r"[A-Za-z0-9_+=-]{16,}")


def without_random(text: str, mark: str) -> str:
    """Return a text in which a mark stands for every value that a machine made up, whatever its name."""

    def shown(match: re.Match[str]) -> str:
        value = match.group()
        return mark if _looks_random(value) or _is_long_hex(value) else value

    return _ANY_MADE_UP.sub(shown, text)


def _entropy(value: str) -> float:
    """Return the bits that each character carries."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _masked(value: str) -> str:
    """Return the beginning of a value, too short to be of use, in backticks."""
    return f"`{value[:4]}…`" if len(value) >= 16 else "`…`"
