"""TensorFlow is imported without its chatter, and nothing else is held back."""

import os

from training.quiet import quiet_tensorflow


def test_passes_on_what_is_no_announcement(capfd, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "")  # so that what is set meanwhile ends with the test
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")

    with quiet_tensorflow():
        os.write(2, b"I0000 port.cc:153] oneDNN custom operations are on. You may\nE0000 No such GPU\n")

    assert capfd.readouterr().err == "E0000 No such GPU\n"


def test_holds_nothing_back_from_whoever_set_the_log_level(capfd, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")

    with quiet_tensorflow():
        os.write(2, b"oneDNN custom operations are on.\n")
        assert capfd.readouterr().err == "oneDNN custom operations are on.\n"
