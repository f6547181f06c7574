"""The report of a study: its history, what mattered, its trials, and the command that trains the best."""

import warnings
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Final

import optuna
from matplotlib.figure import Figure
from optuna.trial import FrozenTrial, TrialState

from training.config import TrainingConfig
from training.runs import tables
from training.runs.theme import Drawing, Frame, Theme, plain_axes, save_png, to_svg
from training.search.space import as_flags, describe_choice, suggest

_TEMPLATE: Final = Path(__file__).with_name("page.html")
_ENOUGH: Final = 4
"""Complete trials from which importance can be estimated at all."""


def write_report(study: optuna.Study, base: TrainingConfig, recipe: str, folder: Path) -> Path:
    """Write the page of a study with at least one complete trial, and its figures as PNGs.

    Args:
        study: Its trials are read anew.
        base: What they did not vary.
        recipe: The name of the recipe that `base` is, with what flags changed in it.
        folder: Where the page is written.

    Returns:
        The page's path.
    """
    trials = [trial for trial in study.get_trials() if trial.value is not None]
    drawings = {"history": draw_history(trials), "importance": draw_importance(measure_importance(study))}
    for name, drawing in drawings.items():
        save_png(drawing, folder / f"{name}.png")
    pruned = sum(trial.state is TrialState.PRUNED for trial in trials)
    frame = Frame(
        author="digits-search",
        title=f"Search around {escape(recipe)}",
        subtitle=f"{base.epochs} epochs a trial on {base.train_images or 'all 55,000'} images; "
        "accuracy on the validation images",
        tiles=tables.tile_list(
            [
                (
                    "best validation accuracy",
                    f"{study.best_value:.2%}",
                    f"trial {study.best_trial.number + 1}",
                ),
                ("trials", f"{len(trials)}", f"{pruned} of them pruned"),
            ]
        ),
    )
    page = frame.fill(
        _TEMPLATE,
        command=escape(f"digits-train {best_flags(study, base, recipe)}"),
        history=to_svg(drawings["history"], name="history", label="Accuracy of each trial"),
        importance=to_svg(drawings["importance"], name="importance", label="Importance of each parameter"),
        trials=_list(trials),
    )
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


def best_flags(study: optuna.Study, base: TrainingConfig, recipe: str) -> str:
    """What `digits-train` needs to train the best trial's config."""
    best = suggest(optuna.trial.FixedTrial(study.best_params), base)  # type: ignore[arg-type] # in a trial's place
    return f"--recipe {recipe} {as_flags(best, base)}"


def measure_importance(study: optuna.Study) -> Mapping[str, float]:
    """Each parameter's share, the largest first; nothing where there are too few trials to tell.

    Source:
        Watanabe, Bansal and Hutter (2023), "PED-ANOVA: Efficiently Quantifying Hyperparameter
        Importance in Arbitrary Subspaces", IJCAI.
    """
    if len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))) < _ENOUGH:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every layer that few trials have
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        return optuna.importance.get_param_importances(study, evaluator=evaluator)


def draw_history(trials: list[FrozenTrial]) -> Drawing:
    """Error of each trial, and of the best so far."""

    def draw(theme: Theme) -> Figure:
        figure = Figure(figsize=(10, 3.2), layout="constrained")
        axes = figure.subplots()
        best: list[float] = []
        for trial in trials:
            error = 100 * (1 - (trial.value or 0.0))
            is_pruned = trial.state is TrialState.PRUNED
            axes.plot(
                trial.number + 1,
                error,
                "o",
                color=theme.first,
                markerfacecolor="none" if is_pruned else theme.first,
            )
            best.append(min([error, *best[-1:]]))
        axes.step([trial.number + 1 for trial in trials], best, where="post", color=theme.second)
        axes.set_yscale("log")
        plain_axes(axes, theme, title="validation error, %")
        axes.set_xlabel("trial", color=theme.ink)
        return figure

    return draw


def draw_importance(shares: Mapping[str, float]) -> Drawing:
    """A bar a parameter."""

    def draw(theme: Theme) -> Figure:
        figure = Figure(figsize=(10, 0.8 + 0.3 * max(1, len(shares))), layout="constrained")
        axes = figure.subplots()
        axes.barh(list(shares)[::-1], list(shares.values())[::-1], color=theme.first, height=0.6)
        plain_axes(axes, theme, title="share" if shares else "too few complete trials to tell")
        return figure

    return draw


def _list(trials: list[FrozenTrial]) -> str:
    """All trials, the best first."""
    ranked = sorted(trials, key=lambda trial: -(trial.value or 0.0))
    return tables.table(
        ("trial", "accuracy", "epochs", "chosen"),
        [
            (
                f"{trial.number + 1}",
                f"{trial.value:.2%}",
                f"{len(trial.intermediate_values)}{' (pruned)' if trial.state is TrialState.PRUNED else ''}",
                escape(describe_choice(trial)),
            )
            for trial in ranked
        ],
        caption="The best first",
    )
