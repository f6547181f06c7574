"""`GET /problems/{code}`: what the `type` of a problem document leads to."""

from fastapi import APIRouter, HTTPException
from pydantic import Field

from service.problems import PROBLEM_TYPES
from service.schemas import Schema

router = APIRouter(tags=["operation"])


class ProblemExplanation(Schema):
    """One kind of problem."""

    code: str = Field(examples=["blank-image"])
    title: str
    status: int = Field(examples=[422])
    explanation: str


@router.get("/problems", operation_id="problems")
async def problems() -> list[ProblemExplanation]:
    """Every kind of problem that the service answers with."""
    return [ProblemExplanation.model_validate(kind, from_attributes=True) for kind in PROBLEM_TYPES.values()]


@router.get("/problems/{code}", operation_id="problem", responses={404: {"description": "No such problem."}})
async def problem(code: str) -> ProblemExplanation:
    """What one kind of problem means."""
    if code not in PROBLEM_TYPES:
        raise HTTPException(404)
    return ProblemExplanation.model_validate(PROBLEM_TYPES[code], from_attributes=True)
