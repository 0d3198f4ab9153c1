"""The keys of a home's log and of its sealed blobs, with what a rotation has left beside them.

`keys/log.previous.key` signs beside `keys/log.key` until the card says that its time is over;
`keys/blob.previous.key` opens blobs whose data keys are not wrapped anew yet.
"""

from datetime import UTC, datetime

from audit.sealing import BlobKey
from audit.sequencer import Retiring
from audit.signer import Signer
from gateway.home import Home, read_card
from gateway.signers import load_signer
from sharing.key_choice import previous_file
from sharing.keys import Use, kid


def load_log_keys(home: Home) -> tuple[Signer, Retiring | None]:
    """The log's key, and the one before it while the card lists that one; `KeyRefused` names a bad file."""
    key = load_signer(home.path, home.keys / f"{Use.LOG}.key")
    file = home.keys / previous_file(Use.LOG)
    if not file.exists():
        return key, None
    before = load_signer(home.path, file)
    listed = read_card(home.card).key(kid(before.public), Use.LOG)
    if listed is None or before.name != key.name:
        return key, None
    return key, Retiring(before, datetime.fromtimestamp(listed.not_after, UTC))


def load_blob_key(home: Home) -> BlobKey:
    """The key of sealed blobs; during a rotation it also opens what the key before has wrapped."""
    key, before = BlobKey.load(home.keys / "blob.key"), home.keys / "blob.previous.key"
    return BlobKey(key.secret, BlobKey.load(before).secret) if before.exists() else key
