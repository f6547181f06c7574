"""Settings from flags and environment."""

import pytest
from pydantic import ValidationError

from service import main
from service.settings import EngineChoice, Settings, unknown_variables


def test_environment_gives_the_settings_back(monkeypatch):
    settings = Settings(
        port=9000,
        engine="tensorflow",
        model_version=2,
        extra_versions="1,3",
        canary_version=3,
        canary_share=0.1,
    )

    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)

    assert Settings() == settings


def test_flags_win_over_the_environment(monkeypatch):
    monkeypatch.setenv("DIGITS_PORT", "9000")
    monkeypatch.setenv("DIGITS_ENGINE", "litert")
    monkeypatch.setattr("sys.argv", ["digits-serve", "--port", "9001", "--model-version", "2"])

    flags = main.read_settings()

    assert (flags.port, flags.engine, flags.model_version) == (9001, EngineChoice.LITERT, 2)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["--port", "99999"], "--port", id="port-out-of-range"),
        pytest.param(["--engine", "magic"], "magic", id="unknown-engine"),
        pytest.param(["--max-upload-bytes", "lots"], "--max-upload-bytes", id="not-a-number"),
        pytest.param(["--canary-share", "0.1"], "canary_version", id="share-of-no-version"),
        pytest.param(["--extra-versions", "1,latest"], "--extra-versions", id="not-numbers"),
        pytest.param(["--nonsense", "1"], "--nonsense", id="unknown-flag"),
    ],
)
def test_a_wrong_flag_is_named_and_ends_with_status_2(monkeypatch, capsys, arguments, complaint):
    monkeypatch.setattr("sys.argv", ["digits-serve", *arguments])

    with pytest.raises(SystemExit) as exit_:
        main.read_settings()

    said = capsys.readouterr().err
    assert exit_.value.code == 2
    assert complaint in said
    assert "--threads: " not in said, "which nobody gave"


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_finds_variables_that_are_typing_errors():
    environment = {"DIGITS_PROT": "1", "DIGITS_PORT": "1", "DIGITS_MNIST_DIR": "x", "HOME": "/"}

    assert unknown_variables(environment) == ["DIGITS_PROT"]
