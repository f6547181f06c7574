# The images of Digits. `docker build .` makes `cpu`; --target takes another:
#   cpu         serves on LiteRT, without TensorFlow (default)
#   tensorflow  serves on either engine
#   gpu         serves on an NVIDIA GPU where one is visible, else as cpu does
#   train       digits-train and the commands beside it
# Each layer is the same, bit for bit, whenever and wherever it is built from the same sources and base.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS builder
# More of what pyproject.toml offers, such as "--extra corrections" or "--extra grpc".
ARG EXTRAS=""
ARG SOURCE_DATE_EPOCH=1580601600
ENV SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH} UV_PROJECT_ENVIRONMENT=/app/.venv UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never UV_PYTHON_PREFERENCE=only-system
RUN --mount=type=cache,target=/root/.cache/pip \
    python3 -m pip install --root-user-action=ignore uv==0.13.9
WORKDIR /src

# Dependencies alone, so that a change of code does not install them anew.
FROM builder AS cpu-packages
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml --mount=type=bind,source=uv.lock,target=uv.lock \
    uv sync --locked --no-dev --no-install-project --extra serve ${EXTRAS}

FROM builder AS tensorflow-packages
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml --mount=type=bind,source=uv.lock,target=uv.lock \
    uv sync --locked --no-dev --no-install-project --extra serve --extra tensorflow ${EXTRAS}

FROM builder AS gpu-packages
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml --mount=type=bind,source=uv.lock,target=uv.lock \
    uv sync --locked --no-dev --no-install-project --extra serve --extra gpu ${EXTRAS}

FROM builder AS train-packages
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml --mount=type=bind,source=uv.lock,target=uv.lock \
    PYC_INVALIDATION_MODE=UNCHECKED_HASH \
    uv sync --locked --no-dev --no-install-project --compile-bytecode --extra train --extra tensorflow \
    && mkdir --parents /layers/packages/app /layers/packages/work && mv /app/.venv /layers/packages/app \
    && find /layers -exec touch --no-dereference --date=@${SOURCE_DATE_EPOCH} {} +

# The project itself, in a folder of its own beside them.
FROM builder AS project
COPY pyproject.toml README.md LICENSE ./
COPY digits digits
COPY service service
COPY training training
RUN --mount=type=cache,target=/root/.cache/uv \
    uv build --quiet --wheel --out-dir /wheel \
    && uv pip install --quiet --no-deps --python python3 --target /layers/project/app/lib /wheel/*.whl \
    && cd /layers/project/app/lib && sed --in-place '1s|.*|#!/app/.venv/bin/python|' bin/* \
    && rm --force .lock *.dist-info/uv_cache.json *.dist-info/RECORD \
    && find /layers -exec touch --no-dereference --date=@${SOURCE_DATE_EPOCH} {} +

# Without training, its fonts and its commands; with the model.
FROM project AS service-project
COPY deploy/image/healthy.py /layers/project/app/
COPY model_store /layers/project/app/model_store
RUN cd /layers/project/app/lib && rm -r training && find bin -type f ! -name digits-serve ! -name digits-steps -delete \
    && chmod --recursive a+rX,go-w /layers \
    && find /layers -exec touch --no-dereference --date=@${SOURCE_DATE_EPOCH} {} +

# What slim.py puts in the place of the largest library, and what it does it with.
FROM builder AS slimmer
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    binutils liblapack3 patchelf
ENV PATH=/app/lib/bin:/app/.venv/bin:$PATH PYTHONPATH=/app/lib PYTHONPYCACHEPREFIX=/app/bytecode
COPY deploy/image ./
COPY --from=service-project /layers/project /

FROM slimmer AS cpu-slim
COPY --from=cpu-packages /app /app
RUN --mount=type=bind,source=docs/images,target=/pictures \
    ./layers.sh litert

FROM slimmer AS tensorflow-slim
COPY --from=tensorflow-packages /app /app
RUN --mount=type=bind,source=docs/images,target=/pictures \
    ./layers.sh litert tensorflow

FROM slimmer AS gpu-slim
COPY --from=gpu-packages /app /app
RUN --mount=type=bind,source=docs/images,target=/pictures \
    ./layers.sh litert tensorflow

FROM ${BASE} AS common
ARG BASE
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Digits" \
      org.opencontainers.image.description="Reads handwritten digits from the pictures people really upload." \
      org.opencontainers.image.base.name="${BASE}" \
      org.opencontainers.image.revision="${REVISION}"
# Numbers, because Kubernetes cannot tell that a name is not root's.
USER 10001:10001
ENV PATH=/app/lib/bin:/app/.venv/bin:$PATH PYTHONPATH=/app/lib PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp

FROM common AS service
LABEL org.opencontainers.image.licenses="MIT"
ENV PYTHONPYCACHEPREFIX=/app/bytecode DIGITS_HOST=0.0.0.0 DIGITS_MODEL_STORE=/app/model_store
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 CMD ["python", "-S", "/app/healthy.py"]
ENTRYPOINT ["digits-serve"]

FROM common AS train
LABEL org.opencontainers.image.licenses="MIT AND OFL-1.1"
COPY --from=train-packages /layers/packages /
COPY --from=project /layers/project /
WORKDIR /work
ENTRYPOINT ["digits-train"]

# In this order, what changes most often comes last.
FROM service AS tensorflow
COPY --from=tensorflow-slim /layers/packages /
COPY --from=tensorflow-slim /layers/bytecode /
COPY --from=service-project /layers/project /

FROM service AS gpu
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility CUDA_CACHE_PATH=/tmp/cuda
COPY --from=gpu-slim /layers/packages /
COPY --from=gpu-slim /layers/bytecode /
COPY --from=service-project /layers/project /

FROM service AS cpu
COPY --from=cpu-slim /layers/packages /
COPY --from=cpu-slim /layers/bytecode /
COPY --from=service-project /layers/project /
