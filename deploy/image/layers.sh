#!/bin/sh
# Makes an image's layers in the build, of the packages and the project in /app: layers.sh ENGINE...
set -eu
cd "$(dirname "$0")"
python slim.py
python warm.py "$@"
mkdir --parents /layers/packages/app /layers/bytecode/app
mv /app/.venv /layers/packages/app
mv /app/bytecode /layers/bytecode/app
find /layers -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
