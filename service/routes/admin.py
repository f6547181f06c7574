"""`POST /admin/reload`."""

from fastapi import APIRouter, Depends

from service.authorization import require_admin
from service.dependencies import ReloaderDep, SettingsDep
from service.errors import AdminDisabledError, ReloadRefusedError, UnauthorizedError
from service.problems import documented
from service.schemas import ModelReference, RefusedVersion, Reloaded
from service.supervisor import reload_all_workers

router = APIRouter(prefix="/admin", tags=["operation"], dependencies=[Depends(require_admin)])


@router.post(
    "/reload",
    operation_id="reload",
    responses=documented(UnauthorizedError, AdminDisabledError, ReloadRefusedError),
)
async def reload(reloader: ReloaderDep, settings: SettingsDep) -> Reloaded:
    """Load the model anew: the newest version of the store, or the one that is pinned.

    No request fails meanwhile: the new version is verified, loaded and warmed beside the old one, then
    takes its place, and the old one finishes what it began. The further versions are loaded anew too; one
    that cannot serve is named, and changes nothing for the others. With several workers, the one that
    answers goes first; only if the primary serves there are the others told to load theirs too.
    """
    done = await reloader.reload()
    told = settings.workers > 1 and reload_all_workers()
    return Reloaded(
        model=ModelReference.of(done.primary),
        refused=[RefusedVersion(version=each, reason=error.reason) for each, error in done.refused.items()],
        others_told=settings.workers - 1 if told else 0,
    )
