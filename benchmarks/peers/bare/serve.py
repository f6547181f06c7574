"""FastAPI that takes a picture and answers without having looked at it: what the framework itself costs."""

import sys

import uvicorn
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/health")
async def health():
    return {"ok": True}


@app.post("/predict")
async def predict(request: Request):
    await request.body()
    return {"digit": 7, "confidence": 1.0, "probabilities": [0.0] * 10}


if __name__ == "__main__":
    port, workers = map(int, sys.argv[1:])
    uvicorn.run(
        "serve:app", host="127.0.0.1", port=port, workers=workers, access_log=False, log_level="warning"
    )
