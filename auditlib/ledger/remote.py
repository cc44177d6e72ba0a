"""Files behind a URL that fsspec knows (s3://, https://): which there are, copies of them, and how they are told.

A URL may hold a password or a signature; what is told of it holds neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from auditlib.core.errors import InputError

__all__ = ["STORES", "RemoteSource", "fsspec_for", "plain_url", "source_of"]

STORES = frozenset({
    "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "http", "https", "hdfs", "webhdfs", "sftp", "ssh",
    "ftp", "smb", "file", "memory",
})  # fmt: skip
"""What a URL may begin with: stores of files. Others of fsspec's run code of the other side (dask) or chain URLs."""

MAGIC = re.compile(r"[*[]")
"""What tells a pattern: a question mark begins the query of a web address."""
HOST = re.compile(r"(?:\[.*\]|[^:]*)(?::\d*)?")
ADDRESS = re.compile(r"(?<=://)(?:[^/\[\]]*@)?\[[0-9a-fA-F:.]+\](?=[:/]|$)")
"""A host by its number in IPv6, in which colons follow one another."""
MOST = 10_000
"""Of files below one URL: more than that is another folder than was meant."""


def plain_url(url: str) -> str:
    """A URL without a user, a password and what follows a question mark, among which signatures are."""
    scheme, _, rest = re.split("[?#]", url, maxsplit=1)[0].partition("://")
    host, slash, path = rest.partition("/")
    host = host.rpartition("@")[2]
    if not HOST.fullmatch(host):  # the rest of a password with a slash in it
        host, slash, path = path.rpartition("@")[2].partition("/")
    return f"{scheme}://{host}{slash}{path}"


def fsspec_for(url: str) -> Any:
    """The module fsspec, for a URL of one of the :data:`STORES`.

    Raises :class:`InputError` for other URLs, and where fsspec is not installed.
    """
    if url.partition("://")[0] not in STORES or "::" in ADDRESS.sub("", url):  # fsspec chains what :: stands between
        expected = f"expected one URL that begins with {', '.join(sorted(STORES))}"
        raise InputError.at(plain_url(url), "", f"found none of the stores that are read, {expected}")
    try:
        return import_module("fsspec")
    except ImportError:
        raise InputError.at(
            plain_url(url), "", "found a URL, which needs fsspec: pip install 'auditlib[remote]'"
        ) from None


def _filesystem(url: str) -> tuple[Any, str]:
    """What fsspec has for a URL: a file system, and the path in it. Raises :class:`InputError` where a driver lacks."""
    fsspec = fsspec_for(url)
    try:
        found: tuple[Any, str] = fsspec.url_to_fs(url)
    except (ImportError, ValueError) as error:
        said = str(error).splitlines()[0]
        told = said if isinstance(error, ImportError) or said.startswith("Protocol not known") else "is this a URL?"
        raise InputError.at(plain_url(url), "", f"cannot be read: {told}") from None
    return found


@dataclass(frozen=True)
class RemoteSource:
    """A file, a folder, or the files that fit a pattern, behind a URL. ``str`` tells it without its secrets."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        return plain_url(self.url)

    @property
    def base(self) -> str:
        """The URL below which its files lie, without secrets: of a pattern the folder before the first sign of it."""
        plain = unquote(str(self)) if self._is_web else str(self)
        return MAGIC.split(plain, maxsplit=1)[0].rpartition("/")[0] if self.is_pattern else plain.rstrip("/")

    @property
    def is_pattern(self) -> bool:
        return MAGIC.search(str(self)) is not None

    @property
    def _is_web(self) -> bool:
        """Whether names are written with %, and a page is asked for its links only where a folder is meant."""
        return self.url.startswith("http")

    def files(self) -> dict[str, str]:
        """By the name below :attr:`base`, where each file is; "" for the URL's own. Raises :class:`InputError`."""
        try:
            system, path = _filesystem(self.url)
            return self._listed(system, path)
        except InputError:
            raise
        except Exception as error:  # each driver has errors of its own, which may repeat the URL
            raise self._failed(error) from None

    def copy(self, place: str, target: Path) -> None:
        """Copies one of the files to this machine. Raises :class:`InputError`."""
        try:
            _filesystem(self.url)[0].get_file(place, str(target))
        except InputError:
            raise
        except Exception as error:
            raise self._failed(error) from None

    def _listed(self, system: Any, path: str) -> dict[str, str]:
        if self.is_pattern:
            begin = MAGIC.split(path, maxsplit=1)[0]
            return self._below(begin.rpartition("/")[0], system.glob(path))
        if path.endswith("/") if self._is_web else system.isdir(path):
            return self._below(path, system.ls(path, detail=False) if self._is_web else system.find(path))
        if not system.exists(path):
            raise FileNotFoundError
        return {"": path}

    def _below(self, root: str, found: Iterable[str]) -> dict[str, str]:
        """The files below a folder by their names in it, in the order of these."""
        begin = root.rstrip("/") + "/"
        inside = [one for one in found if one.startswith(begin) and not one.endswith("/")]
        names = {unquote(name) if self._is_web else name: one for one in inside if (name := one.removeprefix(begin))}
        if len(names) > MOST:
            raise InputError.at(self, "", f"found {len(names):,} files, expected at most {MOST:,}: name a folder in it")
        return {name: names[name] for name in sorted(names) if ".." not in PurePosixPath(name).parts}

    def _failed(self, error: Exception) -> InputError:
        said = f"cannot be read ({type(error).__name__})"
        if isinstance(error, FileNotFoundError | PermissionError):
            said = "access was refused" if isinstance(error, PermissionError) else "no such file or folder"
        return InputError.at(self, "", said)


def source_of(text: str) -> Path | RemoteSource:
    """A source as a command line names it: a URL, or a file or folder of this machine."""
    return RemoteSource(text) if "://" in text else Path(text)
