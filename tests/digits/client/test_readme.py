"""The README's lines for Python, against a started service."""

import re

from served_process import ROOT, serving


def test_the_readmes_lines_for_python_run(tmp_path, capsys, monkeypatch):
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    monkeypatch.chdir(ROOT)

    with serving(log_path=tmp_path / "log") as (_, client):
        exec(code.replace("http://127.0.0.1:8000", str(client.base_url)), {})  # noqa: S102 - our own lines

    prediction, number, refusal = capsys.readouterr().out.splitlines()
    assert prediction.startswith("7 0.9999")
    assert number == "90210"
    assert refusal == "415 unreadable-image"
