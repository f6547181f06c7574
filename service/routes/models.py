"""`GET /model`."""

from fastapi import APIRouter

from digits.contract import CLASSES
from service.dependencies import AskedForDep, LineupDep
from service.errors import NotReadyError, VersionNotServedError
from service.problems import INVALID_REQUEST, documented
from service.schemas import ModelCard, ServedVersion

router = APIRouter(tags=["operation"])


@router.get(
    "/model",
    operation_id="model",
    responses=documented(VersionNotServedError, INVALID_REQUEST, NotReadyError),
)
async def model(recognizer: AskedForDep, lineup: LineupDep) -> ModelCard:
    """What serves: its name, version, engine and measured quality, and which versions there are."""
    stored, manifest = recognizer.model, recognizer.model.manifest
    return ModelCard(
        name=stored.name,
        version=stored.version,
        engine=recognizer.engine.name,
        classes=list(manifest.classes if manifest else CLASSES),
        contract_version=manifest.contract_version if manifest else None,
        network=manifest.network if manifest else None,
        weights=manifest.weights if manifest else None,
        created=manifest.created if manifest else None,
        metrics=manifest.metrics if manifest else None,
        versions=[ServedVersion.of(each, lineup) for each in lineup.serving],
    )
