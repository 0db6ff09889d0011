"""A certificate made for the run, for libraries that insist on https."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme


@contextmanager
def certificate(*names: str) -> Iterator[tuple[ssl.SSLContext, str]]:
    """A server's context for ``names`` and loopback, and the file of the authority behind it.

    The file is gone when the run is over.
    """
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost", *names).configure_cert(context)
    with tempfile.TemporaryDirectory(prefix="picjobs-") as folder:
        path = Path(folder) / "authority.pem"
        authority.cert_pem.write_to_path(str(path))
        yield context, str(path)
