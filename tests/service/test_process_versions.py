"""The two committed versions side by side, in a real process."""

import re
import signal

from served_process import serving, wait_for


def counted(client, name):
    """The value of each of a metric's samples, by its labels."""
    return dict(re.findall(rf"^{name}{{(.*)}} (\d+)", client.get("/metrics").text, re.MULTILINE))


def test_two_versions_answer_side_by_side_and_their_agreement_is_counted(tmp_path, seven):
    log = tmp_path / "log"
    flags = ["--model-version", "2", "--extra-versions", "7"]
    shadow = {"DIGITS_SHADOW_VERSION": "1", "DIGITS_SHADOW_SHARE": "1"}
    with serving(*flags, log_path=log, **shadow) as (process, client):
        wait_for(lambda: 'version="7"' in counted(client, "digits_version_beside"))
        answers = [client.post(f"/predict?version={each}", content=seven).json() for each in (1, 2)]
        unknown = client.post("/predict?version=7", content=seven)
        listed = [each["version"] for each in client.get("/model").json()["versions"]]
        client.post("/predict", content=seven)
        agree = 'outcome="agree",primary="2",shadow="1"'
        wait_for(lambda: counted(client, "digits_shadowed_total").get(agree) == "2")
        answered = counted(client, "digits_answers_total")
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: log.read_text().count("ready: digits version 1") == 2)
        beside = counted(client, "digits_version_beside")

    assert [(each["model"]["version"], each["digit"]) for each in answers] == [(1, 7), (2, 7)]
    assert answers[0]["probabilities"] != answers[1]["probabilities"]
    assert listed == [2, 1]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "version-not-served")
    assert answered == {'version="1"': "1", 'version="2"': "2"}
    assert beside == {'version="1"': "1", 'version="7"': "0"}
