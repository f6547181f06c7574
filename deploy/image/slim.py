"""Takes out of an image's packages what the service never touches; runs in the build, on Debian.

All of OpenCV goes on working: where its wheel brings OpenBLAS, 38 MB for linear algebra that the service
never asks for, it gets the reference BLAS and LAPACK of the distribution.
"""

import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Final

PACKAGES: Final = Path(sysconfig.get_path("purelib"))
SYSTEM: Final = Path("/usr/lib")

UNUSED: Final = (
    "ai_edge_litert/libLiteRt.so",  # another interface; the package looks whether it is there
    "ai_edge_litert/libLiteRtWebGpuAccelerator.so",
    "ai_edge_litert/tools",  # compilers of models
    "ai_edge_litert/vendors",  # for the NPUs of phones
    "numpy/_pyinstaller",
    "numpy/distutils",
    "numpy/f2py",
    "PIL/_avif.*.so",  # a format that digits.imaging.decode does not read
    "pillow.libs/libavif-*",
    "tensorflow/include",
    "**/tests",
    "**/*.pyi",
    "**/*.pxd",
    "numpy/_core/include",
    "numpy/_core/_simd.*",  # for NumPy's own tests
)

UNSTRIPPED: Final = ("uvloop/*.so", "ai_edge_litert/libpywrap_litert_common.so")
"""Libraries that still carry symbols for a debugger, 15 MB of them."""

# What LAPACK needs beside itself; not all of it exists on each architecture.
LINEAR_ALGEBRA: Final = ("blas/libblas.so.3", "lapack/liblapack.so.3", "libgfortran.so.5", "libquadmath.so.0")
OPENBLAS: Final = ("libopenblas", "libgfortran", "libquadmath")


def main() -> None:
    """Slim the packages of the running interpreter."""
    for pattern in UNUSED:
        for path in sorted(PACKAGES.glob(pattern), reverse=True):  # what lies in another one first
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _replace_openblas()
    for pattern in UNSTRIPPED:
        for library in PACKAGES.glob(pattern):
            _run("strip", "--strip-unneeded", library)


def _replace_openblas() -> None:
    """Let OpenCV use the distribution's BLAS and LAPACK, copied beside what else it brings."""
    (module,) = PACKAGES.glob("cv2/cv2*.so")
    (libraries,) = PACKAGES.glob("opencv_python_headless.libs")
    needed = _run("patchelf", "--print-needed", module).split()
    (openblas,) = (name for name in needed if name.startswith("libopenblas"))
    for old in (each for each in libraries.iterdir() if each.name.startswith(OPENBLAS)):
        old.unlink()
    for source in (each for name in LINEAR_ALGEBRA for each in SYSTEM.glob(f"*/{name}")):
        copy = shutil.copy(source, libraries / source.name)
        _run("patchelf", "--set-rpath", "$ORIGIN", copy)
    _run("patchelf", "--replace-needed", openblas, "liblapack.so.3", module)
    _run("patchelf", "--add-needed", "libblas.so.3", module)


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own words


if __name__ == "__main__":
    main()
