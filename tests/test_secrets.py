"""Literal credentials are found in every syntax; placeholders and look-alikes are not."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from support import Tile

from validator.checks import secrets
from validator.discovery import discover
from validator.model import Level, Region, Rule
from validator.reading import credentials

# Invented values. Those that other scanners know by their form are put together here.
API = "7c1f0e9b52a84d36b0d9f4e81a6c35b2"
APP = "e4b81d09c7f2a6531d8e0b94f7c62a0d5b39e81f"
RANDOM = "q7Zt2LmX9vBc4KpW1sRd"
SECRET = "Jd83kq0ZmvPx71LwTe5R"
AWS = "AKIA" + "Q3EGVWYXN5T2KPLM"
GITHUB = "ghp" + "_R7mZq2Lx9TnVb4KpW1sHd8YcJf6GuE3aQo5X"
SLACK = "xoxb" + "-204817365920-417382905164-qT7mZx2LnVb9KpW4sRd1HcYf"
KEY_BODY = """\
MIIEpAIBAAKCAQEAz4Kd91mQvXbT0sLr7WnYpHc3uJfE8aGi5oNx2ZqVtRwByMlC
k6D0hFs9jPeU1gA4xTz7QvKbn3LmWc8RyIo2dXfHqJtEaNuGpSi5lVwZrMyBkC6D
0hFs9jPeU1gA4xTz7QvKbn3LmWc8RyIo2dXfHqJtEaNuGpSi5lVwZr=="""


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


WEB_TOKEN = (
    f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded({'sub': 'acme-41', 'iat': 1700000017})}"
    ".p4Xz9QvKbn3LmWc8RyIo2dXfHqJtEaNuGpSi5lVwZrM"
)


@pytest.mark.parametrize(
    "text",
    [
        f"DD_API_KEY={API}",
        f"export DATADOG_API_KEY='{API}'",
        f"DD_APP_KEY={APP}",
        f"DATADOG_APP_KEY: {APP}",
        f'{{"api_key": "{API}"}}',
        f'{{"apiKey":\n   "{API}"}}',
        f'{{"dd-application-key": "{APP}"}}',
        f'{{"note": "{{\\"apiKey\\": \\"{API}\\"}}"}}',
        f'{{"content": "run:\\nDD_API_KEY={API} ./install"}}',
        f"api_key: {API.upper()}",
        f"      api_key: >-\n        {API}",
        f"- name: DD_API_KEY\n  value: {API}",
        f'- name: DD_API_KEY\n  value: "{API}"',
        f'{{"name": "DD_API_KEY", "value": "{API}"}}',
        f'curl -H "DD-API-KEY: {API}" https://api.datadoghq.com/api/v1/validate',
        f"curl 'https://app.datadoghq.com/intake/webhook/acme?api_key={API}'",
        f"https://api.datadoghq.eu/api/v1/series?tag=a&api_key={API}&application_key=x",
        f"https://http-intake.logs.datadoghq.com/v1/input/{API}",
        f'Client(api_key="{API}", app_key=os.environ["DD_APP_KEY"])',
        f'configuration.api_key["apiKeyAuth"] = "{API}"',
        f'os.environ["DD_APP_KEY"] = "{APP}"',
        f'headers.set("DD-APPLICATION-KEY", "{APP}")',
        f'api_key => "{API}"',
        f"helm install acme --set datadog.apiKey={API}",
        f"agent --api-key {API}",
        f"<property name='apiKey' value='{API}'/>",
        f"<apiKey>{API}</apiKey>",
        f"ENV DD_API_KEY {API}",
        f"Enter the API key `{API}` in Acme.",
        f"| API Key | {API} |",
        f"**API Key**: {API}",
        f"Your Datadog API key is {API}.",
        f"DD\\_API\\_KEY={API}",
        f"acme.dd.api.key = {API}",
        f"config.datadog.appKey = {APP}",
        f"MY_DATADOG_API_KEY={API}",
        f"DD_API_KEY_2={API}",
        f"DDOG_API_KEY={API}",
        f"Authorization: Bearer {'ddpat' + '_'}9sK2mVq7XzR4tLw8BnPc",
        f'"application_key": "{"ddapp" + "_"}9sK2mVq7XzR4tLw8BnPcYd3HfJgT5aQe"',
        f"client_secret={SECRET}",
        f'"client_secret": "{SECRET}"',
        f"clientSecret: '{SECRET}'",
        f"https://acme-cloud.io/token?client_id=41&client_secret={SECRET}&grant_type=code",
        f'oauth.exchange(code, client_secret="{SECRET}")',
        f"- name: CLIENT_SECRET\n  value: {SECRET}",
        f"acme login --client-secret {SECRET}",
        f"-----BEGIN RSA PRIVATE KEY-----\n{KEY_BODY}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\r\n{KEY_BODY}\r\n-----END PRIVATE KEY-----",
        json.dumps(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{KEY_BODY}\n-----END"),
        f"key: |\n    -----BEGIN EC PRIVATE KEY-----\n    {KEY_BODY}",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\nComment: of Acme (2026)\n\n" + KEY_BODY,
        f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{KEY_BODY}\n-----END",
        f"-----BEGIN RSA PRIVATE KEY-----\n{KEY_BODY[:30]}mock{KEY_BODY[34:]}\n-----END",
        f"-----BEGIN%20RSA%20PRIVATE%20KEY-----%20{KEY_BODY}",
        f"Use the client secret `{API}` to test.",
        f"The client secret is {SECRET}.",
        f'Use the client secret "{SECRET}"',
        f"**Client secret:** {SECRET}",
        f"- Client secret - `{SECRET}`",
        f"| Client secret | {SECRET} |",
        f"the client secret ({SECRET})",
        f"[client secret {SECRET}](https://acme.io)",
        f"[here](https://acme.io/?client_secret={SECRET})",
        f"<td>Client secret</td><td>{SECRET}</td>",
        f"Client secret\n: {SECRET}",
        f"### API key {API}",
        f"**API key** {API}",
        f"The application key is {APP}.",
        f"https://acme.io/?dd_api_key%3D{API}",
    ],
)
def test_a_literal_credential_is_certain(text: str) -> None:
    found = credentials.find(text)
    assert [one.certain for one in found] == [True]
    assert_nothing_is_given_away(text, found)


@pytest.mark.parametrize(
    "text",
    [
        f"key: {AWS}",
        f"curl -H 'Authorization: token {GITHUB}'",
        f"SLACK={SLACK}",
        f"cookie={WEB_TOKEN}",
        f"Authorization: Bearer {RANDOM}",
        f"postgres://acme:{RANDOM}@db.acme-cloud.io/metrics",
        f"https://hooks.{'slack'}.com/services/T04QX81LM/B05RZ72KP/q7Zt2LmX9vBc4KpW1sRdHn3Y",
        f"See [the page](https://acme-cloud.io/?token={RANDOM}).",
        f"STRIPE_API_KEY={API}",
        f"octo_api_key: {API}",
        f"x-api-key: {API}",
        f"api_key: {API}0",
        f"api_key: {API[:31]}",
        f'"refresh_token": "{RANDOM}"',
        f"password: {RANDOM}",
        f"**secret:** `{API}`",
        f"Log in with the password `{RANDOM}`.",
        f"an access token such as `{RANDOM}`",
        f"Set the secret to `{API}`",
        f"the token **{RANDOM}**",
        f"Your API token:\n\n    {RANDOM}\n",
        f"Copy this secret:\n```\n{RANDOM}\n```",
        f"https://acme.io/?h=Authorization:%20Bearer%20{RANDOM}",
    ],
)
def test_what_looks_like_a_credential_is_possible(text: str) -> None:
    found = credentials.find(text)
    assert [one.certain for one in found] == [False]
    assert_nothing_is_given_away(text, found)


def assert_nothing_is_given_away(text: str, found: list[credentials.Credential]) -> None:
    (one,) = found
    value = text[one.start : one.end]
    assert value.startswith("-----BEGIN") or value[5:12] not in one.message
    assert KEY_BODY[:12] not in one.message


@pytest.mark.parametrize(
    "value",
    [
        "<DD_API_KEY>",
        "<YOUR_DATADOG_API_KEY>",
        "YOUR_API_KEY",
        "your-api-key",
        "${DD_API_KEY}",
        "$DD_API_KEY",
        "$(cat key)",
        "{{ .Values.apiKey }}",
        "%DD_API_KEY%",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "XXXXXXXXXXXXXX",
        "********************************",
        "00000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffff",
        "0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef01234567",
        "fedcba9876543210fedcba9876543210",
        "12345678901234567890123456789012",
        "1234567890abcdef1234567890abcdef",
        "abcdef0123456789abcdef0123456789",
        "abcdefabcdefabcdefabcdefabcdefab",
        "deadbeefdeadbeefdeadbeefdeadbeef",
        "deadbeefcafebabe8badf00d1337c0de",
        "00112233445566778899aabbccddeeff",
        "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6",
        "abc123abc123abc123abc123abc123ab",
        "aaaaaaaabbbbbbbbccccccccdddddddd",
        "1234512345123456abcabc912349abcd",
        "123e4567e89b12d3a456426614174000",
        "d41d8cd98f00b204e9800998ecf8427e",
        "os.environ.get('DD_API_KEY')",
        "7c1f0e9b…",
        "7c1f0e9b...",
    ],
)
@pytest.mark.parametrize("name", ["DD_API_KEY", "dd-application-key", "client_secret"])
def test_a_placeholder_is_none(name: str, value: str) -> None:
    for text in (f"{name}={value}", f'"{name}": "{value}"', f'{{"{name}": "{value}"}}'):
        assert credentials.find(text) == []
        assert credentials.find(text, in_client=True) == []


@pytest.mark.parametrize(
    "text",
    [
        API,
        f"sha: {APP}",
        f"https://github.com/DataDog/integrations-extras/commit/{APP}",
        f"* Rotate the API key ([{APP}](https://github.com))",
        f"* Rotate the client secret ([`{APP}`](https://github.com))",
        f"* Mask the token in {APP}",
        f"The secret of the integration `{API}` is shown once",
        "Use the client secret `<CLIENT_SECRET>` to test.",
        "The client secret `acme_client_2_settings` is set by the installer",
        "The client secret is generated-by-acme-on-2024-01-15 in Acme.",
        "The token 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed names the run",
        "Copy the secret to `/etc/acme/conf.d/secrets_v2.yaml`",
        f"Set the token to `pub{API}`",
        f"https://www.gravatar.com/avatar/{API}?s=500",
        f"api_key_id: {API}",
        f"api_key_hash: {API}",
        f"DD-API-KEY: pub{API}",
        "DD_API_KEY=9a3f",
        "api_key: 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        "client_secret: string",
        "client_secret: required for OAuth2 clients",
        "| client_secret | The secret of the client, 32 characters | required |",
        "client_secret=settings.OAUTH2.secret_value_1",
        "client_secret:\n  sha256sum: yes",
        "The **client secret** is shown once; copy it.",
        "description: Enter the client_secret that Acme shows",
        '"client_secret": "string"',
        '"client_secret": "Acme-client-secret-2024"',
        "-----BEGIN PRIVATE KEY-----\n<your private key>\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\n-----END PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\n{'A' * 64}\n{'A' * 64}\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMIIEpAIBAAKCAQEAz4Kd91mQvXbT0sLr7WnYpHc3uJfE8aGi5oNx2ZqVtRwByMlC",
        "Paste the text from `-----BEGIN PRIVATE KEY-----` to the end.",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "x" * 36,
        "ghp_" + "1234567890abcdefghijklmnopqrstuvwxyz",
        f"eyJ{base64.urlsafe_b64encode(b'[' * 1400).decode()}.eyJhY21lIjo0MX0.{RANDOM}{RANDOM}",
        "Authorization: Bearer <TOKEN>",
        "Authorization: Bearer artifactory access token",
        "Authorization: Bearer eyJhbGciOi...",
        "Authorization: Bearer mF_9.B5f-4.1JqM",
        "postgres://user:password@localhost/acme",
        "https://user:pass@acme-cloud.io",
        "https://acme-cloud.io:8080/a@b",
        "password: mySecretPassword",
        "password: changeme123",
        "access_token: acme-access-token-for-tests",
        "token_id: 0634d4e8-5338-4f65-9310-ddfe4f4e8401",
        'token="550e8400-e29b-41d4-a716-446655440000"',
        "type: token, name: failed_exchange_password_and_oob_challenge",
        '"widget_key": "avg:acme.requests.count{env:prod} by {service}"',
    ],
)
def test_a_look_alike_is_none(text: str) -> None:
    assert credentials.find(text) == []


def test_any_secret_in_the_clients_own_file_is_the_clients() -> None:
    text = f'{{"integration": {{"id": "1", "secret": "{SECRET}"}}}}'
    assert credentials.find(text, in_client=True)[0].certain
    assert credentials.find('{"secret": "correct-horse-battery"}', in_client=True)[0].certain
    assert credentials.find('{"secret": "<CLIENT SECRET>"}', in_client=True) == []


def test_the_place_is_the_value() -> None:
    text = f'{{\n  "note": "a\\n\\"DD_API_KEY\\": \\"{API}\\""\n}}'
    (one,) = credentials.find(text)
    assert text[one.start : one.end] == API


def test_a_private_key_is_covered_whole_and_shown_at_its_first_line(tmp_path: Path) -> None:
    text = f"a\n-----BEGIN PRIVATE KEY-----\n{KEY_BODY}\n-----END PRIVATE KEY-----\nb\n"
    (one,) = credentials.find(text)
    assert KEY_BODY in text[one.start : one.end]
    root = tmp_path / "acme"
    root.mkdir()
    (root / "manifest.json").write_text("{}")
    (root / "key.pem").write_text(text)
    (integration,) = discover([root]).integrations
    (finding,) = secrets.committed_secret(integration, rule("committed_secret"))
    assert finding.location.region == Region(2, 1, 2, 28)


def test_each_value_is_found_once() -> None:
    text = f"client_secret: {GITHUB}\nAuthorization: Bearer {WEB_TOKEN}"
    assert [one.certain for one in credentials.find(text)] == [True, False]


@pytest.mark.parametrize(
    "piece",
    [
        "api_key",
        "token: ",
        "a" * 100,
        "deadbeef",
        "0123456789abcdef",
        "eyJ",
        "eyJ.",
        "Bearer ",
        "://a:",
        "-----BEGIN PRIVATE KEY-----",
        "\\" * 50,
        '"value',
        "secret \n",
        "xoxb-",
        API + " ",
        "A B ",
        f"secret {RANDOM} ",
        f"{RANDOM} client secret ",
        f"secret ([{RANDOM}",
        "%20",
        "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEAz4Kd91mQvXbT0sLr7W\n",
    ],
)
def test_a_long_text_is_read_to_its_end(piece: str) -> None:
    """A search that tries again and again would not come back from a text of this length."""
    text = piece * (1_000_000 // len(piece))
    assert all(0 <= found.start < found.end <= len(text) for found in credentials.find(text))


def rule(check: str) -> Rule:
    return Rule(check, check, Level.ERROR, "all", "integration", f"secrets.{check}", "", "", ())


@pytest.mark.parametrize(
    ("path", "committed"),
    [
        ("manifest.json", True),
        ("README.md", True),
        ("metadata.csv", True),
        (".env", True),
        ("docker-compose.yaml", True),
        ("assets/oauth_clients.json", True),
        ("assets/dashboards/acme.json", True),
        ("assets/logs/acme_tests.yaml", True),
        ("assets/notes", True),
        ("tests/test_acme.py", False),
        ("datadog_checks/acme/check.py", False),
    ],
)
def test_where_it_stands_decides_which_rule_complains(
    path: str, committed: bool, tmp_path: Path
) -> None:
    root = tmp_path / "acme"
    file = root / path
    file.parent.mkdir(parents=True)
    (root / "manifest.json").write_text("{}")
    file.write_text(f"DD_API_KEY={API}\n")
    (integration,) = discover([root]).integrations
    certain = list(secrets.committed_secret(integration, rule("committed_secret")))
    possible = list(secrets.possible_secret(integration, rule("possible_secret")))
    assert (len(certain), len(possible)) == ((1, 0) if committed else (0, 1))
    (finding,) = certain + possible
    assert str(finding.location.path) == path
    assert finding.location.region is not None
    assert finding.location.region.start_column == 12
    assert API not in finding.message


def test_in_the_readme_the_section_is_part_of_the_place() -> None:
    tile = Tile()
    tile.write("README.md", f"DD_API_KEY={API}\n\n# Acme\n\n## Set up\n\nDD_API_KEY={APP[:32]}\n")
    tile.write("docs/README.md", f"# Acme\n\nDD_API_KEY={API}\n")
    tile.write("CHANGELOG.md", f"# Acme\n\nDD_API_KEY={API}\n")
    found = tile.judge("committed-secret", "possible-secret").findings
    places = [(str(one.location.path), one.location.anchor) for one in found]
    assert sorted(places, key=str) == [
        ("CHANGELOG.md", None),
        ("README.md", "set-up"),
        ("README.md", None),
        ("docs/README.md", None),
    ]


def test_a_readme_that_cannot_be_parsed_has_no_sections_but_is_searched() -> None:
    tile = Tile()
    tile.write("README.md", f"# Acme\n\nDD_API_KEY={API}\n".encode() + b"\xff\xfe")
    report = tile.judge("committed-secret")
    [finding] = report.findings
    assert (report.internal_errors, finding.location.anchor) == ((), None)


def test_binary_and_unreadable_files_are_passed_over(tmp_path: Path) -> None:
    root = tmp_path / "acme"
    (root / "images").mkdir(parents=True)
    (root / "manifest.json").write_text("{}")
    (root / "images" / "a.png").write_bytes(b"\x89PNG\0" + f"DD_API_KEY={API}".encode())
    (root / "empty.txt").write_text("")
    (root / "latin.txt").write_bytes(f"caf\xe9 DD_API_KEY={API}".encode("latin-1"))
    (integration,) = discover([root]).integrations
    found = list(secrets.committed_secret(integration, rule("committed_secret")))
    assert [str(one.location.path) for one in found] == ["latin.txt"]


def test_published_integrations_hold_no_credential(corpus: Path) -> None:
    found = [
        finding.location.shown
        for integration in discover([corpus]).integrations
        for finding in secrets.committed_secret(integration, rule("committed_secret"))
    ]
    assert found == []


def test_a_text_too_large_to_be_searched_to_its_end_is_not_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("validator.facts.committed_credentials.LARGEST", 20_000)
    tile = Tile()
    tile.write("docs/long.md", "word " * 3_900 + "\nDD_API_KEY=9775a026f1ca7d1c6c5af9d94d9595a4\n")
    whole = tile.judge("committed-secret", "possible-secret")
    assert (len(whole.findings), whole.skips) == (1, ())
    tile.append("docs/long.md", "word " * 1_000)
    report = tile.judge("committed-secret", "possible-secret")
    assert len(report.findings) == 1
    assert {skip.rule.id for skip in report.skips} == {"committed-secret", "possible-secret"}
    assert "were searched for credentials" in report.skips[0].reason
