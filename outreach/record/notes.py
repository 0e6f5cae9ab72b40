"""Signed notes and the checkpoints written in them, as C2SP describes them (signed-note, tlog-checkpoint): text, signature, key."""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from outreach.crypto import Keys
from outreach.record.merkle import HASH_BYTES

_ED25519 = b"\1"
_ID_BYTES, _SIGNATURE_BYTES, _KEY_BYTES = 4, 64, 32
_LINES = 3
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"— [^\s+]+ [A-Za-z0-9+/]+={0,2}")


class NotSigned(ValueError):
    """Not a checkpoint, or not signed with the key that was named."""


class Verifier(msgspec.Struct, frozen=True):
    """Who signs: a name and its public key (32 bytes)."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return hashlib.sha256(f"{self.name}\n".encode() + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """As people exchange it, on one line: name, id, key."""
        return f"{self.name}+{self.id.hex()}+{b64encode(_ED25519 + self.public).decode()}"


class Checkpoint(msgspec.Struct, frozen=True):
    """What was signed: the tree's size and root, of the log of this name."""

    origin: str
    size: int
    root: bytes


def name_of(url: str) -> str:
    """What a city's record is called: its public address without the scheme, never with a space or a plus."""
    return re.sub(r"[\s+]", "-", url.partition("://")[2].rstrip("/") or "aller-vers") + "/registre"


def verifier(keys: Keys, url: str) -> Verifier:
    """The city's own."""
    return Verifier(name_of(url), keys.public)


def read_verifier(line: str) -> Verifier:
    """The key of its one line. Raises NotSigned."""
    name, _, rest = line.strip().partition("+")
    told, _, encoded = rest.partition("+")
    key = _decoded(encoded)
    found = Verifier(name, key[1:])
    if not _NAME.fullmatch(name) or len(key) != 1 + _KEY_BYTES or key[:1] != _ED25519 or told != found.id.hex():
        raise NotSigned("this is no public key of a record: it looks like name+12345678+AQ…=")
    return found


def sign(checkpoint: Checkpoint, keys: Keys) -> str:
    """The note of a checkpoint: three lines, an empty one, the signature."""
    words = f"{checkpoint.origin}\n{checkpoint.size}\n{b64encode(checkpoint.root).decode()}\n"
    who = Verifier(checkpoint.origin, keys.public)
    return f"{words}\n— {who.name} {b64encode(who.id + keys.sign(words.encode())).decode()}\n"


def read(note: str) -> Checkpoint:
    """What a note says, whoever signed it. Raises NotSigned."""
    words, _, _signatures = note.partition("\n\n")
    lines = words.split("\n")
    if len(lines) < _LINES or not re.fullmatch(r"0|[1-9][0-9]{0,17}", lines[1]):
        raise NotSigned("this is no checkpoint")
    root = _decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise NotSigned("this is no checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root)


def verify(note: str, public: bytes) -> Checkpoint:
    """What a note says, when this key signed it for the log that it names, and only signatures follow. Raises NotSigned."""
    found = read(note)
    words, _, signatures = note.partition("\n\n")
    who = Verifier(found.origin, public)
    lines = signatures.removesuffix("\n").split("\n")
    if not all(map(_SIGNATURE.fullmatch, lines)):
        raise NotSigned(f"the checkpoint of size {found.size} holds words that nobody signed")
    for line in lines:
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signed = _decoded(encoded)
        if mark == "—" and name == who.name and signed[:_ID_BYTES] == who.id and len(signed) == _ID_BYTES + _SIGNATURE_BYTES:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signed[_ID_BYTES:], f"{words}\n".encode())
            except InvalidSignature:
                break
            return found
    raise NotSigned(f"the checkpoint of size {found.size} is not signed with this key")


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return b""
