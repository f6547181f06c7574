"""A search keeps its trials, goes on with them, prunes what falls behind, and says what was best."""

import argparse
import re
from dataclasses import replace
from importlib.util import find_spec

import optuna
import pytest
from meeting import load_together
from stand_in_mnist import load_stand_in

from training.commands.search import main
from training.config import TrainingConfig
from training.errors import OtherSearchError
from training.options import add_options, read_options
from training.recipes import RECIPES
from training.search.objective import PROCESS, validate
from training.search.report import measure_importance, write_report
from training.search.space import as_flags, suggest
from training.search.study import best_accuracy, count_done, explore, open_study

DENSE = RECIPES["one-hidden"].config
CHOICE = {
    "activation": "elu",
    "peak_learning_rate": 0.002,
    "batch_size": 64,
    "dropout": 0.25,
    "weight_decay": 0.01,
    "l2": 1e-5,
    "layers": 2,
    "units_1": 100,
    "units_2": 50,
}
QUICK = ["--recipe", "one-hidden", "--epochs", "1", "--train-images", "256"]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """What the command sets for TensorFlow ends with the test."""
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")


def score_by(choice):
    """An objective in training's place: what `choice` makes of a trial's config, without training it."""
    return lambda trial: choice(suggest(trial, DENSE))


def closeness(config):
    """Best at a rate of 0.001."""
    return 1 - abs(config.peak_learning_rate - 0.001) * 10


def test_a_trial_chooses_depth_widths_and_all_that_trains_them():
    config = suggest(optuna.trial.FixedTrial(CHOICE), DENSE)

    assert config.hidden == (100, 50)
    assert (config.activation, config.batch_size, config.dropout) == ("elu", 64, 0.25)
    assert (config.peak_learning_rate, config.weight_decay, config.l2) == (0.002, 0.01, 1e-5)
    assert config.epochs == DENSE.epochs


def test_a_convolutional_network_keeps_its_shape():
    config = suggest(optuna.trial.FixedTrial(CHOICE), TrainingConfig())

    assert config.hidden == TrainingConfig().hidden
    assert config.activation == "elu"


def test_no_batch_is_larger_than_the_images_to_train_on():
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))

    configs = [suggest(study.ask(), TrainingConfig(train_images=64)) for _ in range(20)]

    assert {config.batch_size for config in configs} == {32, 64}


def test_the_flags_of_a_choice_train_it():
    chosen = suggest(optuna.trial.FixedTrial(CHOICE), DENSE)
    parser = argparse.ArgumentParser()
    add_options(parser)

    config = read_options(parser.parse_args(["--recipe", "one-hidden", *as_flags(chosen, DENSE).split()]))

    assert config == chosen


def test_a_study_goes_on_where_it_was(tmp_path):
    said = []
    for trials in (3, 5, 5):
        study = open_study(tmp_path / "study.db", DENSE, seed=1)
        explore(study, score_by(closeness), trials=trials, say=said.append)

    assert count_done(open_study(tmp_path / "study.db", DENSE, seed=1)) == len(said) == 5
    pattern = r"^4 of 5 done, trial 4 +\d+\.\d\d% +complete +activation=\w+ .* best \d+\.\d\d%$"
    assert re.search(pattern, said[3])


def test_equal_seeds_choose_equally(tmp_path):
    studies = [
        open_study(tmp_path / f"{name}.db", DENSE, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    for study in studies:
        explore(study, score_by(closeness), trials=3, say=lambda _: None)

    first, again, other = ([trial.params for trial in study.trials] for study in studies)
    assert first == again != other


def test_a_study_refuses_another_searchs_settings(tmp_path):
    open_study(tmp_path / "study.db", DENSE, seed=1)

    with pytest.raises(OtherSearchError, match="other settings"):
        open_study(tmp_path / "study.db", TrainingConfig(), seed=1)


def test_prunes_a_trial_that_falls_behind_the_median(tmp_path):
    study = open_study(tmp_path / "study.db", DENSE, seed=1)

    def objective(trial):
        accuracy = 0.5 if trial.number == 6 else 0.9
        for epoch in range(4):
            trial.report(accuracy, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return accuracy

    said = []
    explore(study, objective, trials=8, say=said.append)

    assert [trial.number for trial in study.trials if trial.state is optuna.trial.TrialState.PRUNED] == [6]
    assert "pruned after epoch 2" in said[6]


def test_importance_finds_what_mattered(tmp_path):
    study = open_study(tmp_path / "study.db", DENSE, seed=1)
    explore(study, score_by(closeness), trials=3, say=lambda _: None)
    assert measure_importance(study) == {}, "too few to tell"

    explore(study, score_by(closeness), trials=15, say=lambda _: None)

    assert next(iter(measure_importance(study))) == "peak_learning_rate"


def test_the_report_shows_the_best_and_how_to_train_it(tmp_path):
    study = open_study(tmp_path / "study.db", DENSE, seed=1)
    explore(study, score_by(closeness), trials=6, say=lambda _: None)

    html = write_report(study, DENSE, "one-hidden", tmp_path).read_text()

    assert f"{best_accuracy(study):.2%}" in html
    assert "digits-train --recipe one-hidden --hidden" in html
    assert html.count("<tr>") == 7
    assert not re.search(r'(src|href)="(?!data:|#)', html.replace("xlink:href", "href"))
    assert {path.name for path in tmp_path.iterdir()} == {
        "study.db",
        "report.html",
        "history.png",
        "importance.png",
    }


@pytest.mark.filterwarnings("ignore:The value 10")  # a decay beyond what a search would choose
def test_a_trial_that_diverges_is_pruned(stand_in):
    trial = optuna.trial.FixedTrial(CHOICE | {"peak_learning_rate": 0.5, "weight_decay": 10.0})
    base = replace(DENSE, optimizer="sgd", schedule="constant", warmup_fraction=0.0, train_images=4992)

    with pytest.raises(optuna.TrialPruned):
        validate(trial, base, stand_in, {})


@pytest.mark.slow
@pytest.mark.timeout(300)  # two processes import TensorFlow beside whatever else runs
def test_two_processes_share_one_study(tmp_path, capfd):
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    flags = [
        *QUICK,
        "--trials",
        "4",
        "--jobs",
        "2",
        "--into",
        str(tmp_path / "study"),
        "--cache",
        str(meeting),
    ]

    assert main(flags, load=load_together) == 0

    base = replace(DENSE, epochs=1, train_images=256)
    trials = open_study(tmp_path / "study/study.db", base, seed=1).trials
    assert len({trial.user_attrs[PROCESS] for trial in trials}) == 2
    assert sorted(trial.number for trial in trials) == list(range(len(trials)))
    assert 4 <= len(trials) <= 5, "the second may have begun one when the first ended the last"
    said = capfd.readouterr().out
    assert len(re.findall(r"^\d of 4 done", said, re.MULTILINE)) == len(trials)
    assert "Report: " in said


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        pytest.param(["--trials", "0"], "--trials", id="no-trials"),
        pytest.param(["--jobs", "x"], "--jobs", id="jobs"),
        pytest.param(["--epochs", "0"], "epochs is 0", id="out-of-range"),
    ],
)
def test_a_bad_option_exits_with_2_and_is_named(capsys, flags, complaint):
    with pytest.raises(SystemExit) as ended:
        main(flags, load=load_stand_in)

    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed here")
def test_without_ray_it_says_so_before_any_work(tmp_path, capsys):
    def load(*_, **__):
        raise AssertionError("that is work")

    status = main([*QUICK, "--ray", "auto", "--into", str(tmp_path / "study")], load=load)

    assert status == 1
    assert "Ray is not installed" in capsys.readouterr().err
    assert not (tmp_path / "study").exists()
