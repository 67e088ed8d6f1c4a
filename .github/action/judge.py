"""One run of tilelint for the GitHub Action: log, annotations, summary, SARIF and JSON of the same report.

Everything comes from the environment: the action's inputs, and what a runner sets. Nothing that a stranger's
pull request holds is part of a command, an output or a file name here. The job doesn't fail here but in the
action's last step, so that reports are uploaded first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

_WORST_FIRST = ("not-ready", "not-judged", "old-errors", "ready-with-warnings", "ready")
_YES = {"true": True, "false": False}


class _WrongInput(Exception):
    """An input that has no meaning."""


def main() -> int:
    """Judge, hand the reports over, and return 0; the verdict is an output."""
    try:
        code, outputs = _judged()
    except _WrongInput as wrong:
        sys.stdout.write(f"::error title=tilelint::{wrong}\n")
        code, outputs = 2, {}
    _append(
        "GITHUB_OUTPUT", "".join(f"{k}={v}\n" for k, v in {**outputs, "exit-code": code}.items())
    )
    return 0


def _judged() -> tuple[int, dict[str, object]]:
    home = Path(os.environ["RUNNER_TEMP"]) / "tilelint"
    home.mkdir(parents=True, exist_ok=True)
    json_file, sarif, annotations, summary, report = (
        home / name
        for name in (
            "report.json",
            "report.sarif",
            "annotations.txt",
            "summary.md",
            "tilelint-report.json",
        )
    )
    for file in (json_file, sarif, annotations, summary, report):
        file.unlink(missing_ok=True)
    wants_annotations, wants_summary = _is_wanted("ANNOTATIONS"), _is_wanted("SUMMARY")
    upload = _input("UPLOAD_SARIF")
    if upload not in ("auto", "true", "false"):
        raise _WrongInput("the input upload-sarif must be auto, true or false")
    command = [sys.executable, "-I", "-m", "validator", "check", "--color", "always"]
    for format_, file in (
        ("json", json_file),
        ("sarif", sarif),
        ("github", annotations),
        ("markdown", summary),
        ("report", report),
    ):
        command += ["--format", f"{format_}={file}"]
    if wanted := _input("SARIF"):
        command += ["--format", f"sarif={wanted}"]
    command += ["--format", "text"]
    for name in ("BASE", "FAIL_ON", "MIN_LEVEL", "CONFIG", "BASELINE"):
        if value := _input(name):
            command.append(f"--{_shown(name)}={value}")
    command += ["--", *filter(None, map(str.strip, _input("PATHS").splitlines()))]
    sys.stdout.write("::group::tilelint\n")
    sys.stdout.flush()
    code = subprocess.run(command, check=False).returncode  # noqa: S603 (our own program)
    sys.stdout.write("::endgroup::\n")
    if wants_annotations and annotations.is_file():
        sys.stdout.flush()
        sys.stdout.buffer.write(annotations.read_bytes())  # as it is, whatever the locale
    if wants_summary and summary.is_file():
        _append("GITHUB_STEP_SUMMARY", summary.read_text(encoding="utf-8"))
    is_decided = code in (0, 1)
    if not is_decided:
        words = {3: "there is no integration to judge"}.get(code, "the log says why")
        sys.stdout.write(f"::error title=tilelint::nothing was decided: {words}\n")
    outputs: dict[str, object] = {}
    if json_file.is_file():
        outputs |= {"json-file": json_file, **_counts(json_file)}
    if report.is_file():
        outputs["report-file"] = report
    if sarif.is_file():  # never one in the checkout: a pull request may have brought it along
        # What a run did not find closes its alert, so one that decided nothing has nothing to say there.
        uploads = is_decided and upload != "false"
        outputs |= {"sarif-file": sarif, "upload": str(uploads).lower()}
    return code, outputs


def _counts(file: Path) -> dict[str, object]:
    report = json.loads(file.read_text(encoding="utf-8"))
    verdicts = {integration["verdict"] for integration in report["integrations"]}
    worst = next((verdict for verdict in _WORST_FIRST if verdict in verdicts), "nothing-to-judge")
    summary = report["summary"]
    return {"errors": summary["errors"], "warnings": summary["warnings"], "verdict": worst}


def _input(name: str) -> str:
    value = os.environ.get(f"INPUT_{name}", "").strip()
    if name != "PATHS" and len(value.splitlines()) > 1:
        raise _WrongInput(f"the input {_shown(name)} must be one line")
    return value


def _shown(name: str) -> str:
    """Return the name of an input as action.yml has it."""
    return name.lower().replace("_", "-")


def _is_wanted(name: str) -> bool:
    value = _input(name)
    if value not in _YES:
        raise _WrongInput(f"the input {_shown(name)} must be true or false")
    return _YES[value]


def _append(variable: str, text: str) -> None:
    """Append to the file that the runner names in a variable; without a runner there is none."""
    if file := os.environ.get(variable):
        with Path(file).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)


if __name__ == "__main__":
    sys.exit(main())
