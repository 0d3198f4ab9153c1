"""How a node shows itself to its partners' proxies: mutual TLS, from the PEM files that its settings name.

The signatures on every message say who speaks; the client certificate keeps strangers away from the door.
"""

import ssl
from pathlib import Path

from audit.keys import read_secret
from gateway.errors import SettingsRejected
from gateway.settings import TlsPart


def client_tls(home: Path, part: TlsPart) -> ssl.SSLContext:
    """What connections to partners are made with; `SettingsRejected` names the file that does not serve.

    `KeyRefused` for a private key that others can read.
    """
    trust = home / part.trust if part.trust else None
    try:
        context = ssl.create_default_context(cafile=trust)
    except (OSError, ssl.SSLError) as error:
        raise SettingsRejected(f"[tls] trust {trust}: holds no certificate authority ({error})") from error
    if part.certificate is not None and part.key is not None:
        certificate, key = home / part.certificate, home / part.key
        read_secret(key)
        try:
            context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise SettingsRejected(
                f"[tls] {certificate} and {key}: do not belong together ({error})"
            ) from error
    return context
