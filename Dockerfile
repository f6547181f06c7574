# The service on a CPU: LiteRT, no TensorFlow. `docker compose up` builds and runs it.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /app
RUN --mount=type=cache,target=/root/.cache/pip \
    python3 -m pip install --root-user-action=ignore uv==0.13.9
# Dependencies alone, so that a change of code does not install them anew.
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --no-install-project --extra serve
COPY README.md LICENSE ./
COPY digits digits
COPY service service
COPY training training
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --no-editable --extra serve

FROM ${BASE}
LABEL org.opencontainers.image.title="Digits" \
      org.opencontainers.image.description="Reads handwritten digits from the pictures people really upload." \
      org.opencontainers.image.licenses="MIT AND OFL-1.1"
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DIGITS_HOST=0.0.0.0 DIGITS_MODEL_STORE=/app/model_store
WORKDIR /app
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin digits
COPY --from=build /app/.venv .venv
COPY model_store model_store
USER digits
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"DIGITS_PORT\", 8000)}/health/ready', timeout=2)"]
ENTRYPOINT ["digits-serve"]
