"""Calls through Datadog's Python client: a method is known by the class that it is called on."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from validator.documents.text import TextDocument
from validator.model import Region
from validator.scopes import client_code
from validator.scopes.calls import ApiCall

BOTH = """\
from datadog_api_client.v1.api.downtimes_api import DowntimesApi
from datadog_api_client.v2.api.downtimes_api import DowntimesApi as Newer
"""
"""Two classes that have a method of one name: only whoever knows the object knows the call."""

V1, V2 = "GET /api/v1/downtime", "GET /api/v2/downtime"
EITHER = f"{V1} or {V2}"


def document(text: str | bytes, name: str = "main.py") -> TextDocument:
    data = text if isinstance(text, bytes) else text.encode()
    return TextDocument(PurePosixPath(), PurePosixPath(name), data)


def meant(call: ApiCall) -> str:
    if call.match.is_ambiguous:
        return " or ".join(sorted(operation.call for operation in call.match.near))
    assert call.operation is not None
    return call.operation.call


def found(*texts: str) -> list[str]:
    return [meant(call) for call in client_code.client_calls(map(document, texts))]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        # Who isn't known may be of any class that the module names.
        ("x.list_downtimes()", EITHER),
        ("x().list_downtimes()", EITHER),
        ("x[0].list_downtimes()", EITHER),
        ("DowntimesApi(c).list_downtimes()", V1),
        ("Newer(c).list_downtimes()", V2),
        ("x = DowntimesApi(c)\nx.list_downtimes()", V1),
        ("x = y = Newer(c)\nx.list_downtimes()", V2),
        ("y = x = Newer(c)\nx.list_downtimes()", V2),
        ("self.x = Newer(c)\nself.x.list_downtimes()", V2),
        ("x: Newer = make()\nx.list_downtimes()", V2),
        ("x: Newer\nx.list_downtimes()", V2),
        ("y: DowntimesApi\nx: int = 1\nx.list_downtimes()", EITHER),
        ("def f(y: DowntimesApi, x: Newer):\n x.list_downtimes()", V2),
        ("def f(y: DowntimesApi, x):\n x.list_downtimes()", EITHER),
        ("def f(y: DowntimesApi, x: int):\n x.list_downtimes()", EITHER),
        ("if x := Newer(c):\n x.list_downtimes()", V2),
        ("x[0] = Newer(c)\ny[0].list_downtimes()", EITHER),
        ("x.list_downtimes_with_pagination()", EITHER),
        # These are no calls through an object.
        ("self.list_downtimes()", ""),
        ("cls.list_downtimes()", ""),
        ("list_downtimes()", ""),
        ("x.list_downtimes", ""),
        ("x.list_downtimes_again()", ""),
    ],
)
def test_the_class_of_an_object(code: str, expected: str) -> None:
    last = "DowntimesApi(c).create_downtime()"
    assert sorted(found(f"{BOTH}{code}\n{last}\n")) == [
        *([expected] if expected else []),
        "POST /api/v1/downtime",
    ]


def test_a_name_of_many_parts_is_nobody_s() -> None:
    for parts, expected in ((16, V2), (17, EITHER)):
        name = ".".join(["x", *["y"] * parts])
        assert found(f"{BOTH}{name} = Newer(c)\n{name}.list_downtimes()\n") == [expected]


OTHER = "from datadog_api_client.v1.api.downtimes_api import DowntimesApi\n"
"""Were a class below not known by its import, its calls would be those of this one."""


@pytest.mark.parametrize(
    ("imports", "name"),
    [
        ("from datadog_api_client.v2.api.downtimes_api import DowntimesApi as Newer", "Newer"),
        ("from datadog_api_client.v2.api import downtimes_api", "downtimes_api.DowntimesApi"),
        ("from datadog_api_client.v2.api import downtimes_api as d", "d.DowntimesApi"),
        ("from datadog_api_client.v2 import api", "api.downtimes_api.DowntimesApi"),
        ("from datadog_api_client import v2", "v2.api.downtimes_api.DowntimesApi"),
        ("from datadog_api_client import v2 as d", "d.api.downtimes_api.DowntimesApi"),
        (
            "import datadog_api_client.v2.api.downtimes_api",
            "datadog_api_client.v2.api.downtimes_api.DowntimesApi",
        ),
        ("import datadog_api_client.v2.api.downtimes_api as d", "d.DowntimesApi"),
        ("import datadog_api_client.v2 as d", "d.api.downtimes_api.DowntimesApi"),
        ("import datadog_api_client, os, datadog_api_client.v2.api as d", "d.x.DowntimesApi"),
    ],
)
def test_how_a_class_is_imported(imports: str, name: str) -> None:
    assert found(f"{OTHER}{imports}\nx = {name}(c)\nx.list_downtimes()\n") == [V2]


@pytest.mark.parametrize(
    "imports",
    [
        "import datadog_api_client",
        "import datadog.v2.api as d",
        "from datadog.v2 import api as d",
        "from . import d",
        "from datadog_api_client import ApiClient as d",
    ],
)
def test_what_imports_no_class(imports: str) -> None:
    code = "x = d.DowntimesApi(c)\nx.list_downtimes()\n"
    assert found(f"{OTHER}{imports}\n{code}") == [V1]
    assert found(f"# datadog_api_client\n{imports}\n{code}") == []


@pytest.mark.parametrize(
    ("receiver", "is_one"),
    [
        ("api", True),
        ("self.dd_client", True),
        ("tools.Datadog", True),
        ("dd", True),
        ("my_dd", True),
        ("make_api()", True),
        ("self.client()", True),
        ("add", False),
        ("api.tools", False),
        ("make()", False),
        ("x[0]", False),
    ],
)
def test_in_another_module_an_object_is_one_by_its_name(receiver: str, is_one: bool) -> None:
    other = f"{receiver}.list_downtimes()\n"
    assert found(other, BOTH) == ([EITHER] if is_one else [])
    assert found(other) == []


def test_only_python_is_read() -> None:
    text = f"{BOTH}x.list_downtimes()\n"
    names = ("main.txt", "main.pyw", "main.py", "main")
    calls = client_code.client_calls(document(text, name) for name in names)
    assert [call.location.path.name for call in calls] == ["main.pyw", "main.py"]


def test_a_module_that_is_no_python_hides_no_other() -> None:
    assert found("def (:\n", f"{BOTH}x.list_downtimes()\n") == [EITHER]


MODULES = "import datadog_api_client.v2.api as d\nx = d.DowntimesApi(c)\n"


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("x.list_downtimes()", (3, 3, 3, 17)),
        ("(\n  x\n  .list_downtimes()\n)", (5, 4, 5, 18)),
        ("x.\\\nlist_downtimes()", (4, 1, 4, 15)),
        ("'ä€😀'; x.list_downtimes()", (3, 10, 3, 24)),
        # Python reads a ligature as two letters.
        ("x = d.SecurityMonitoringApi(c)\nx.\\\nlist_ﬁndings()", (5, 1, 5, 13)),
    ],
)
def test_where_a_method_stands(code: str, place: tuple[int, int, int, int]) -> None:
    for end in ("\n", "\r\n", "\r", ""):
        text = f"{MODULES}{code}".replace("\n", end or "\n") + end
        [call] = client_code.client_calls([document(text)])
        assert call.location.region == Region(*place)
