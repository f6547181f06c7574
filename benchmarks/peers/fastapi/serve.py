"""Plain FastAPI with LiteRT: no limits, no metrics, no errors, no log."""

import sys
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request
from recognition import LiteRT


@asynccontextmanager
async def lifespan(app):
    app.state.recognize = LiteRT()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health():
    return {"ok": True}


@app.post("/predict")
async def predict(request: Request):
    return request.app.state.recognize(await request.body())


if __name__ == "__main__":
    port, workers = map(int, sys.argv[1:])
    uvicorn.run(
        "serve:app", host="127.0.0.1", port=port, workers=workers, access_log=False, log_level="warning"
    )
