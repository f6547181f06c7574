"""Every error that training raises on purpose, one class a failure; nothing is published after any.

DigitsError
└── TrainingError
    ├── DatasetError              dataset-unavailable   no source gave MNIST, or one gave a wrong file
    ├── DivergedError             diverged              the loss is no longer a number
    ├── BelowGateError            below-gate            less accurate than `min_accuracy`
    ├── NotBetterError            not-better            tuned on corrections, it is no better than before
    ├── TooFewCorrectionsError    too-few-corrections   there are too few to learn from
    ├── ReuseError                cannot-reuse          layers of another network do not fit
    ├── NoVersionError            no-version            a folder holds no published version
    ├── DevicesError              too-few-devices       there are fewer devices than the run asks for
    ├── CheckpointError           bad-checkpoint        a checkpoint is broken, or another run's
    ├── EnginesDisagreeError      engines-disagree      an export differs from the trained network
    ├── NoRoomError               no-room               the model store, or a checkpoint, cannot be written
    ├── OtherSearchError          other-search          a study was begun with other settings
    ├── WorkerFailedError         worker-failed         a process of a search broke off
    └── NotInstalledError         not-installed         a library is missing that only some commands need
"""

from pathlib import Path

from digits.errors import DigitsError, to_install


class TrainingError(DigitsError):
    """The run failed; the model store is as it was."""

    code = "training-failed"
    title = "Training failed."


class DatasetError(TrainingError):
    """MNIST could not be had, or a file of it is not the published one."""

    code = "dataset-unavailable"
    title = "MNIST could not be read."


class DivergedError(TrainingError):
    """The loss became infinite or not a number."""

    code = "diverged"
    title = "Training diverged."

    def __init__(self, epoch: int, step: int) -> None:
        super().__init__(
            f"The loss is no longer a number in epoch {epoch}, step {step}. "
            "Lower --peak-learning-rate, or raise --warmup-fraction."
        )


class BelowGateError(TrainingError):
    """The network is less accurate on validation than the config demands."""

    code = "below-gate"
    title = "The network is not accurate enough to publish."

    def __init__(self, accuracy: float, gate: float) -> None:
        super().__init__(
            f"Validation accuracy is {accuracy:.2%}, below the {gate:.2%} that --min-accuracy demands. "
            "Nothing was published. Train longer, or lower --min-accuracy."
        )


class NotBetterError(TrainingError):
    """A network that was tuned on corrections is not better than the version it comes from."""

    code = "not-better"
    title = "The tuned network is not better."

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason}. Nothing was published. Gather more corrections, look at their labels, or tune "
            "otherwise: --epochs, --peak-learning-rate, --corrections-share."
        )


class TooFewCorrectionsError(TrainingError):
    """There are too few corrections to learn from, or to judge by."""

    code = "too-few-corrections"
    title = "There are too few corrections."

    def __init__(self, found: int, held_out: int, fewest: int, fewest_held_out: int) -> None:
        super().__init__(
            f"There are {found} corrections that can be used, {held_out} of them held out; at least "
            f"{fewest} and {fewest_held_out} are needed. Gather more."
        )


class ReuseError(TrainingError):
    """The layers that a network should begin with do not fit it."""

    code = "cannot-reuse"
    title = "Layers cannot be reused."

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}. Change --keep-layers, or start from another network with --start-from.")


class NoVersionError(TrainingError):
    """A folder is no published version's."""

    code = "no-version"
    title = "That is no published version."

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is no version's folder. Name one such as model_store/digits/1.")


class DevicesError(TrainingError):
    """There are fewer devices than the network should train on."""

    code = "too-few-devices"
    title = "There are too few devices."

    def __init__(self, asked: int, reason: str) -> None:
        super().__init__(f"{asked} devices were asked for, but {reason}. Lower --devices.")


class CheckpointError(TrainingError):
    """A checkpoint is missing, broken, or belongs to another run."""

    code = "bad-checkpoint"
    title = "A checkpoint cannot be used."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"Checkpoint {path}: {reason}. Name another file, or begin anew without it.")


class EnginesDisagreeError(TrainingError):
    """What was exported does not compute what the trained network computes."""

    code = "engines-disagree"
    title = "An exported model differs from the trained network."

    def __init__(self, engine: str, reason: str) -> None:
        super().__init__(f"The {engine} export {reason}. Nothing was published; this is a bug of the export.")


class NoRoomError(TrainingError):
    """The disk of the model store, or of a checkpoint, is full or read-only."""

    code = "no-room"
    title = "What was trained cannot be stored."

    def __init__(self, path: Path, reason: str, *, option: str = "--model-store") -> None:
        super().__init__(f"{path}: {reason}. Free some space, or name another place with {option}.")


class OtherSearchError(TrainingError):
    """A study's file holds trials of another search, with which new ones could not be compared."""

    code = "other-search"
    title = "The study belongs to another search."

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} was begun with other settings. Give the same ones to go on with it, "
            "or name another folder with --into."
        )


class WorkerFailedError(TrainingError):
    """A process of a search broke off; the trials so far are kept."""

    code = "worker-failed"
    title = "A process of the search failed."

    def __init__(self, failed: int, jobs: int) -> None:
        super().__init__(
            f"{failed} of {jobs} processes of the search broke off; what they said stands above. "
            "The trials so far are kept; the same command goes on with them."
        )


class NotInstalledError(TrainingError):
    """A library is missing."""

    code = "not-installed"
    title = "A library is not installed."

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} is not installed: {to_install(extra)}.")
