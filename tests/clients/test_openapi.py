"""schemathesis against the running service: what the OpenAPI document says is what happens."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from served_process import serving

pytest.importorskip("schemathesis")

ST = Path(sys.executable).with_name("st")
KEY = "0" * 64
HASH = hashlib.sha256(KEY.encode()).hexdigest()

_NOT_SAID_BY_A_SCHEMA = "positive_data_acceptance"
"""A picture and a tensor of a certain shape are more than JSON Schema can say."""


_UNLOAD = "repositoryUnload"
"""After it all else would be refused, so it has a service of its own."""


@pytest.mark.timeout(580)
@pytest.mark.parametrize(
    ("operations", "without"),
    [
        pytest.param(
            ("--include-path-regex", "^/v1/"),
            [_NOT_SAID_BY_A_SCHEMA, "unsupported_method"],
            id="tensorflow-serving",
        ),
        pytest.param(
            ("--include-path-regex", "^/v2", "--exclude-operation-id", _UNLOAD),
            [_NOT_SAID_BY_A_SCHEMA],
            id="open-inference",
        ),
        pytest.param(("--include-operation-id", _UNLOAD), [], id="unload"),
        pytest.param(("--include-path-regex", "^/(?!v1|v2)"), [_NOT_SAID_BY_A_SCHEMA], id="own"),
    ],
)
def test_the_document_is_the_truth(tmp_path, operations, without):
    """TensorFlow Serving knows no 405: any call that it does not know is a malformed request."""
    with serving("--admin-key-sha256", HASH, "--api-keys-sha256", HASH, log_path=tmp_path / "log") as (
        _,
        client,
    ):
        ended = subprocess.run(
            [
                *(ST, "run", f"{client.base_url}/openapi.json", *operations),
                *("--phases", "examples,coverage,fuzzing,stateful", "--checks", "all"),
                *("-H", f"Authorization: Bearer {KEY}"),
                *(("--exclude-checks", ",".join(without)) if without else ()),
                *("--max-examples", "25", "--seed", "1", "--suppress-health-check", "all", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
