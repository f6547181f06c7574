"""`GET /model`."""

from fastapi import APIRouter

from digits.contract import CLASSES
from service.dependencies import RecognizerDep
from service.errors import NotReadyError
from service.problems import documented
from service.schemas import ModelCard

router = APIRouter(tags=["operation"])


@router.get("/model", operation_id="model", responses=documented(NotReadyError))
async def model(recognizer: RecognizerDep) -> ModelCard:
    """What serves: its name, version, engine and measured quality."""
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
    )
