"""Calls of the API are found in source code of any language, with their method and place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.scopes import source_code
from validator.scopes.calls import ApiCall
from validator.scopes.source_code import FoundCalls, read


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    return tmp_path / "src"


def read_text(folder: Path, text: str, name: str = "main.js") -> FoundCalls:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return read(Path("src"))


def meant(call: ApiCall) -> str:
    if call.operation:
        return call.operation.call
    return f"? {call.text}" + (" …" if call.match.is_ambiguous else "")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.py", 'requests.get(f"{base}/api/v1/monitor/{monitor_id}")', "GET /api/v1/monitor/{monitor_id}"),
        ("a.py", 'requests.get(f"{cfg[\'url\']}/api/v1/monitor")', "GET /api/v1/monitor"),
        ("a.py", 'session.request("DELETE", BASE + "/api/v1/monitor/" + str(id))', "DELETE /api/v1/monitor/{monitor_id}"),
        ("a.py", 'requests.post(\n    f"{base}/api/v1/monitor",\n    json=body,\n)', "POST /api/v1/monitor"),
        ("a.py", 'url = "https://api.datadoghq.com/api/v1/monitor/%s" % id\nr = requests.put(url)', "PUT /api/v1/monitor/{monitor_id}"),
        ("a.py", 'MONITOR: str = "/api/v1/monitor/%(id)s"\n\n\n\n\n\n\ndef f():\n    return http.put(BASE + MONITOR)', "PUT /api/v1/monitor/{monitor_id}"),
        ("a.py", 'call("GET", "api/v1/monitor")', "GET /api/v1/monitor"),
        ("a.py", 'key = os.environ.get("KEY")\nrequests.post(HOST + "/api/v1/monitor")', "POST /api/v1/monitor"),
        ("a.js", "await fetch(`${base}/api/v1/monitor/${encodeURIComponent(id)}`)", "GET /api/v1/monitor/{monitor_id}"),
        ("a.js", "fetch('/api/v1/monitor', {\n  method: 'POST',\n})", "POST /api/v1/monitor"),
        ("a.ts", "const r = await axios.delete<Monitor>(`/api/v1/monitor/${id}?force=${force}`);", "DELETE /api/v1/monitor/{monitor_id}"),
        ("a.ts", "axios({ url: '/api/v1/monitor', method: 'post' })", "POST /api/v1/monitor"),
        ("a.go", 'req, err := http.NewRequest("PUT", fmt.Sprintf("%s/api/v1/monitor/%d", base, id), body)', "PUT /api/v1/monitor/{monitor_id}"),
        ("a.go", 'req, _ := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/v1/monitor/"+id, nil)', "GET /api/v1/monitor/{monitor_id}"),
        ("A.java", '@POST("/api/v1/monitor")\nCall<Monitor> create(@Body Monitor monitor);', "POST /api/v1/monitor"),
        ("A.java", 'HttpRequest.newBuilder(URI.create(host + "/api/v1/monitor/" + id))\n    .DELETE()\n', "DELETE /api/v1/monitor/{monitor_id}"),
        ("a.kt", 'client.get("$host/api/v1/monitor/$id")', "GET /api/v1/monitor/{monitor_id}"),
        ("A.cs", 'await client.PostAsync($"{host}/api/v1/monitor", content);', "POST /api/v1/monitor"),
        ("a.rb", 'HTTParty.put("#{ENV[\'HOST\']}/api/v1/monitor/#{id}")', "PUT /api/v1/monitor/{monitor_id}"),
        ("a.rb", "conn.get '/api/v1/monitor'", "GET /api/v1/monitor"),
        ("a.php", "$client->post('/api/v1/monitor', $body);", "POST /api/v1/monitor"),
        ("a.php", '$client->request(\'GET\', "/api/v1/monitor/" . $id . "/downtimes");', "GET /api/v1/monitor/{monitor_id}/downtimes"),
        ("a.rs", 'client.get(format!("{}/api/v1/monitor/{}", base, id))', "GET /api/v1/monitor/{monitor_id}"),
        ("a.ex", 'HTTPoison.delete("#{base}/api/v1/monitor/#{id}")', "DELETE /api/v1/monitor/{monitor_id}"),
        ("a.swift", 'AF.request("\\(base)/api/v1/monitor/\\(id)", method: .put)', "PUT /api/v1/monitor/{monitor_id}"),
        ("a.lua", 'http.get(base .. "/api/v1/monitor/" .. id)', "GET /api/v1/monitor/{monitor_id}"),
        ("a.sh", 'curl -s "https://api.datadoghq.com/api/v1/monitor"', "GET /api/v1/monitor"),
        ("a.sh", "curl -X POST https://api.${DD_SITE}/api/v1/monitor -d @monitor.json", "POST /api/v1/monitor"),
        ("a.sh", "curl https://api.datadoghq.eu/api/v1/monitor --data @monitor.json", "POST /api/v1/monitor"),
        ("routes.yaml", 'list: "GET /api/v1/monitor"', "GET /api/v1/monitor"),
        ("a.tf", 'url = "https://api.datadoghq.com/api/v1/monitor"\nmethod = "GET"', "GET /api/v1/monitor"),
        ("a.js", "client.get('/api/v1/monitor/:id')", "GET /api/v1/monitor/{monitor_id}"),
        ("a.js", "client.get('/api/v1/monitor/' + id + '/downtimes')", "GET /api/v1/monitor/{monitor_id}/downtimes"),
        ("a.js", "client.patch('/api/v1/kites')", "? PATCH /api/v1/kites"),
        ("a.js", "client.send('/api/v1/monitor')", "? /api/v1/monitor …"),
        ("a.js", "client.send('/api/v2/downtime')", "GET /api/v2/downtime"),
        ("a.js", "client.send('/api/v1/monitor/search')", "GET /api/v1/monitor/search"),
    ],
)  # fmt: skip
def test_a_path_in_a_literal_is_a_call(folder: Path, name: str, text: str, expected: str) -> None:
    found = read_text(folder, text, name)
    assert [meant(call) for call in found.calls] == [expected]
    assert found.bases == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "# requests.get('/api/v1/monitor')"),
        ("a.py", "x = 1  # as '/api/v1/monitor' does"),
        ("a.js", "// fetch('/api/v1/monitor')"),
        ("a.js", "send(); // like '/api/v1/monitor'"),
        ("a.js", "/*\n * fetch('/api/v1/monitor')\n */"),
        ("a.py", '"""Lists monitors, see GET /api/v1/monitor."""'),
        ("a.py", "log('no answer from /api/v1/monitor')"),
        ("a.js", "fetch('https://acme-cloud.io/api/v1/monitor')"),
        ("a.py", '@app.get("/api/v1/monitor")\ndef monitors(): ...'),
        ("a.js", "router.post('/api/v1/monitor', create)"),
        ("A.java", '@GetMapping("/api/v1/monitor")'),
        ("a.go", 'mux.HandleFunc("/api/v1/monitor", serve)'),
        ("urls.py", 'path("api/v1/monitor", serve)'),
        ("a.js", "get('/my-api/v1/monitor')"),
        ("a.js", "get('/api/v11/monitor')"),
        ("a.md", "`GET /api/v1/monitor`"),
        ("node_modules/a.js", "fetch('/api/v1/monitor')"),
        ("vendor/a.go", 'http.Get("/api/v1/monitor")'),
        (".git/a.js", "fetch('/api/v1/monitor')"),
        ("a.bin", "\0 fetch('/api/v1/monitor')"),
    ],
)
def test_what_is_no_call(folder: Path, name: str, text: str) -> None:
    found = read_text(folder, text, name)
    assert [meant(call) for call in found.calls] == []
    assert found.bases == ()


def test_a_name_that_is_used_with_two_methods_is_two_calls(folder: Path) -> None:
    found = read_text(
        folder,
        'const MONITORS = "/api/v1/monitor";\nclient.get(MONITORS);\nclient.post(MONITORS, body);\n',
    )
    assert [meant(call) for call in found.calls] == ["GET /api/v1/monitor", "POST /api/v1/monitor"]


def test_a_base_without_a_path_is_told(folder: Path) -> None:
    found = read_text(folder, 'BASE = "https://api.datadoghq.com/api/v1"\nx = f"{BASE}/monitor"\n')
    assert found.calls == ()
    assert [place.words for place in found.bases] == ["src/main.js:1:34"]


def test_places_are_exact(folder: Path) -> None:
    found = read_text(folder, 'é = 1;\n  fetch("é" + "/api/v1/monitor/1?x=é");\n')
    [call] = found.calls
    region = call.location.region
    assert call.location.words == "src/main.js:2:16"
    assert region is not None
    assert region.end_column == 33
    assert found.files == 1


def test_large_files_and_links_out_of_the_folder_are_passed_over(
    folder: Path, tmp_path: Path
) -> None:
    text = "fetch('/api/v1/monitor')\n"
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.js").write_text(text, encoding="utf-8")
    (folder / "link.js").symlink_to(tmp_path / "outside" / "a.js")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder)
    (folder / "large.js").write_text(text + " " * 1_000_001, encoding="utf-8")
    (folder / "latin.js").write_bytes(text.encode() + b"\xe9")
    assert read(Path("src")) == FoundCalls((), (), 0)


CLIENT = """\
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.v1.api.monitors_api import MonitorsApi
from datadog_api_client.v2.api.users_api import UsersApi as People
import datadog_api_client.v2.api.downtimes_api as downtimes

with ApiClient(Configuration()) as api_client:
    monitors = MonitorsApi(api_client)
    monitors.list_monitors()
    People(api_client).list_users_with_pagination()
    muted: downtimes.DowntimesApi = downtimes.DowntimesApi(api_client)
    muted.list_downtimes()
    # monitors.delete_monitor(1)
    monitors.nothing_known()
"""


def test_methods_of_the_python_client_are_calls(folder: Path) -> None:
    found = read_text(folder, CLIENT, "main.py")
    assert [(call.text, meant(call), call.location.words) for call in found.calls] == [
        ("MonitorsApi.list_monitors", "GET /api/v1/monitor", "src/main.py:8:14"),
        ("UsersApi.list_users", "GET /api/v2/users", "src/main.py:9:24"),
        ("DowntimesApi.list_downtimes", "GET /api/v2/downtime", "src/main.py:11:11"),
    ]


def test_an_object_of_the_client_may_be_used_in_another_module(folder: Path) -> None:
    read_text(folder, CLIENT.partition("    monitors.list")[0], "main.py")
    found = read_text(
        folder,
        "def work(api, box):\n    api.get_monitor(1)\n    box.list_users()\n    self.api.list_users()\n",
        "worker.py",
    )
    assert [meant(call) for call in found.calls] == [
        "GET /api/v1/monitor/{monitor_id}",
        "GET /api/v2/users",
    ]


def test_without_the_client_no_method_is_a_call(folder: Path) -> None:
    found = read_text(folder, "api.list_monitors()\nx.get_user()\n", "main.py")
    assert found.calls == ()


@pytest.mark.parametrize(
    "text",
    [
        "def (:\n",
        "x = " + "(" * 5000,
        "x = " + "-" * 50_000 + "1",
        "\0",
        "f'{'",
        'x = "\\d"\n',
        "x" + ".x" * 50_000 + "()",
    ],
)
def test_python_that_is_none_breaks_nothing(folder: Path, text: str) -> None:
    read_text(folder, f"{text}\nimport datadog_api_client.v1.api\n", "main.py")


def test_hostile_lines_are_read_to_their_end(folder: Path) -> None:
    """A search that tries again and again would not come back from texts of this length."""
    for text in (
        '"/api/v1/x' * 40_000,
        'a="/api/v1/monitor"\n' * 20_000,
        '"/api/v1/' + "{" * 400_000,
        '"/api/v1/a/" + ' * 40_000,
        "'" * 400_000 + "/api/v1/monitor",
        ": " * 200_000 + '"/api/v1/monitor"',
    ):
        assert read_text(folder, text).files == 1


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="\"'`/api v1{}$%:()<>+.=#\\\n\tGETpost-", max_size=120))
def test_no_text_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("src")
    (folder / "a.js").write_text(f"x('/api/v1/monitor{text}\n{text}\"/api/v2/", encoding="utf-8")
    read(folder)


FILLER = "\n".join(f"argument_{number}," for number in range(3))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The method stands near, before or after, but on this side of a blank line, another path and a `;`.
        (f"send('/api/v1/monitor/1',\n{FILLER}\nmethod: 'PUT')", "PUT /api/v1/monitor/{monitor_id}"),
        (f"send('/api/v1/monitor',\n{FILLER}\nmore,\nmethod: 'POST')", "? /api/v1/monitor …"),
        (f"method: 'PUT',\n{FILLER}\nsend('/api/v1/monitor/1')", "PUT /api/v1/monitor/{monitor_id}"),
        (f"method: 'POST',\nmore,\n{FILLER}\nsend('/api/v1/monitor')", "? /api/v1/monitor …"),
        ("send('/api/v1/monitor')\n\nmethod: 'POST'", "? /api/v1/monitor …"),
        ("method: 'POST'\n\nsend('/api/v1/monitor')", "? /api/v1/monitor …"),
        ("client.post(body);\nsend('/api/v1/monitor')", "? /api/v1/monitor …"),
        ("client.post(body)\nsend('/api/v1/monitor')", "POST /api/v1/monitor"),
        # Both sides name one: what a call goes on with counts before, else what follows.
        ("client.put(\n'/api/v1/monitor/1')\nclient.get(other)", "PUT /api/v1/monitor/{monitor_id}"),
        ("client.put(other)\nsend('/api/v1/monitor/1')\nclient.get(it)", "GET /api/v1/monitor/{monitor_id}"),
        ("client.put(other,\n'/api/v1/monitor/1')\nclient.get(it)", "PUT /api/v1/monitor/{monitor_id}"),
        # On the line itself: the last before the path, else the first after it.
        ("client.get(a); client.put('/api/v1/monitor/1')", "PUT /api/v1/monitor/{monitor_id}"),
        ("send('/api/v1/monitor/1', method: 'PUT') or method: 'GET'", "PUT /api/v1/monitor/{monitor_id}"),
        # A method in the literal outranks all others.
        ("client.post('GET /api/v1/monitor')", "GET /api/v1/monitor"),
        # A fetch is a GET only where nothing near says otherwise.
        ("client.put(x)\nfetch('/api/v1/monitor/1')", "PUT /api/v1/monitor/{monitor_id}"),
        ("prefetch_of('/api/v1/monitor')", "? /api/v1/monitor …"),
        # Of a name the other lines count, also where the name stands alone on its line.
        ("P = '/api/v1/monitor'\n\n\n\n\n\nclient.post(\nP\n)", "POST /api/v1/monitor"),
        ("P = '/api/v1/monitor'\n\n\n\n\n\nclient.post(x)\nuse P", "? /api/v1/monitor …"),
        ("P = '/api/v1/monitor'\n\n\n\n\n\nsend(P, method: 'POST')", "POST /api/v1/monitor"),
        ("P = '/api/v1/monitor'\n\n\n\n\n\nuse(P)\n\nclient.post(P)", "POST /api/v1/monitor"),
        ("client.get(S)\nS = '/api/v1/monitor/1'\n\n\n\n\nSS.put()", "GET /api/v1/monitor/{monitor_id}"),
    ],
)  # fmt: skip
def test_which_method_a_path_is_used_with(folder: Path, text: str, expected: str) -> None:
    assert [meant(call) for call in read_text(folder, text).calls] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("get('/api/v1/monitor/' + id + '/downtimes' + '/x')", "? GET /api/v1/monitor/{}/downtimes/x"),
        ("get('/api/v1/monitor/' + id + other)", "GET /api/v1/monitor/{monitor_id}"),
        ("get('/api/v1/monitor' + query)", "GET /api/v1/monitor"),
        ("get('/api/v1' + '/monitor')", "GET /api/v1/monitor"),
        ("get('/api/v1/monitor/' + '1' + '/downtimes')", "GET /api/v1/monitor/{monitor_id}/downtimes"),
        ("get('/api/v1/monitor/' + f(a) + \"/downtimes\")", "GET /api/v1/monitor/{monitor_id}/downtimes"),
        ("get('/api/v1/monitor?a=' + a + '/downtimes')", "GET /api/v1/monitor"),
        ("get('/api/v1/monitor#a' + '/1')", "GET /api/v1/monitor/{monitor_id}"),
        ("get(`/api/v1/monitor/${a[{b: {c: 1}}.b.c]}/downtimes`)", "GET /api/v1/monitor/{monitor_id}/downtimes"),
        ("get(`/api/v1/monitor/${open`)", "GET /api/v1/monitor"),
        ("get('/api/v1/monitor/%(id)s/downtimes')", "GET /api/v1/monitor/{monitor_id}/downtimes"),
        ("get('/api/v1/monitor/%(id)d/downtimes')", "GET /api/v1/monitor/{monitor_id}/downtimes"),
        ("get('/api/v1/monitor/<int>/downtimes')", "GET /api/v1/monitor/{monitor_id}/downtimes"),
        ("get('/api/v1/monitor/{s}s')", "GET /api/v1/monitor/{monitor_id}"),
        ("get('/api/v1/monitor/search')", "GET /api/v1/monitor/search"),
        ("get('/api/v1/monitor/1" + "' + '1" * 10 + "' + '/downtimes')", "GET /api/v1/monitor/{monitor_id}"),
        ("get('/api/v1/monitor/1" + "' + '1" * 9 + "' + '/downtimes')", "GET /api/v1/monitor/{monitor_id}/downtimes"),
    ],
)  # fmt: skip
def test_how_a_path_is_put_together(folder: Path, text: str, expected: str) -> None:
    assert [meant(call) for call in read_text(folder, f"client.{text}").calls] == [expected]


@pytest.mark.parametrize(
    ("before", "is_silent"),
    [
        ("client.get('", False),
        ("client.get('https://api.datadoghq.com", False),
        ("client.get('https://${host}", False),
        ("client.get('https://acme-cloud.io", True),
        ("client.get('//acme", False),
        ("client.get(x, 'two words", True),
        ("# client.get('", True),
        ("app.get('", True),
    ],
)
def test_a_call_is_found_behind_one_that_is_passed_over(
    folder: Path, before: str, is_silent: bool
) -> None:
    text = f"{before}/api/v1/monitor')\n\nclient.post('/api/v1/monitor')\n"
    found = [meant(call) for call in read_text(folder, text).calls]
    assert found == ["GET /api/v1/monitor", "POST /api/v1/monitor"][is_silent:]


def test_a_path_with_a_base_alone_is_told_before_a_call(folder: Path) -> None:
    found = read_text(folder, "x('/api/v2')\n\nx('/api/v1/')\n\nclient.post('/api/v1/monitor')\n")
    assert [place.words for place in found.bases] == ["src/main.js:1:4", "src/main.js:3:4"]
    assert [meant(call) for call in found.calls] == ["POST /api/v1/monitor"]


def test_files_are_read_in_order_around_those_that_are_passed_over(folder: Path) -> None:
    for name in ("a/x.js", "b/x.js", "c.js"):
        read_text(folder, "client.post('/api/v1/monitor')", name)
    for name, data in {
        "a/large.js": b" " * (source_code.LARGEST + 1),
        "b/binary.js": b"\0",
        "b/broken.js": b"\xe9",
        "b/page.MD": b"`GET /api/v1/monitor`",
        "b/node_modules/x.js": b"client.get('/api/v1/monitor')",
        "b/.hidden/x.js": b"client.get('/api/v1/monitor')",
        "b/vendor": b"client.get('/api/v1/monitor')",
        "exact.js": b"/" * source_code.LARGEST,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    found = read(Path("src"))
    assert [call.location.words.rpartition("src/")[2] for call in found.calls] == [
        "a/x.js:1:14",
        "b/vendor:1:13",
        "b/x.js:1:14",
        "c.js:1:14",
    ]
    assert found.files == 5


@pytest.mark.parametrize(
    ("count", "limit"), [("_MOST_PATHS", 3), ("_MOST_NAMES", 2), ("_MOST_USES", 3)]
)
def test_what_is_read_of_one_file_has_a_limit(
    folder: Path, count: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_code, count, limit)
    names = "\n".join(f"P{number} = '/api/v1/monitor'\n" for number in range(4))
    uses = "\n\n\n\n\n\n" + "\n".join(f"client.post(P{number})" for number in range(4))
    again = "\n".join(["use(P0)"] * 3) + "\n"
    found = [meant(call) for call in read_text(folder, names + "\n\n\n\n\n" + again + uses).calls]
    post, unclear = "POST /api/v1/monitor", "? /api/v1/monitor …"
    assert (
        found
        == {
            "_MOST_PATHS": [post] * 3,
            "_MOST_NAMES": [post, post, unclear, unclear],
            "_MOST_USES": [unclear, post, post, post],  # its uses and itself come first
        }[count]
    )
