"""The key file, fingerprints that find without telling, and seals that only the key opens."""

import hashlib
import hmac
import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
SEAL_BYTES = 1 + NONCE_BYTES + 16
"""How much longer a sealed value is than its words: key id, nonce, tag."""


class KeyTrouble(Exception):
    """The key file is missing, unreadable or another one. The message says what to do and shows no secret."""


class _Seal(msgspec.Struct, frozen=True):
    id: int
    secret: str


class _File(msgspec.Struct, frozen=True):
    seals: tuple[_Seal, ...]  # the last one seals, all of them open
    lookup: str
    suppression: str


class Keys:
    """The secrets of one deployment. Its `repr` tells nothing."""

    def __init__(self, seals: dict[int, bytes], lookup: bytes, suppression: bytes) -> None:
        """Hold the secrets; the seal with the highest id is the one in use."""
        self._seals = {number: AESGCM(secret) for number, secret in seals.items()}
        self._current = max(seals)
        self._lookup = hmac.new(lookup, digestmod=hashlib.sha256)
        self._suppression = hmac.new(suppression, digestmod=hashlib.sha256)
        self._signs = _signing_key(lookup)
        self.public = self._signs.public_key().public_bytes_raw()  # anybody may know it
        self.fingerprint = hashlib.sha256(b"allervers" + lookup + suppression + b"".join(seals[n] for n in sorted(seals)[:1])).hexdigest()

    def __repr__(self) -> str:
        """Show nothing."""
        return "<Keys>"

    def find(self, network: str, address: str) -> bytes:
        """The lookup fingerprint of an address (32 bytes): the same one each time, useless without the pepper."""
        return _keyed(self._lookup, network, address)

    def suppress(self, network: str, address: str) -> bytes:
        """The fingerprint of the suppression list: joins with no other table (SEC-02)."""
        return _keyed(self._suppression, network, address)

    def seal(self, table: str, key: int | str, words: bytes) -> bytes:
        """AES-256-GCM, bound to its table and row: a sealed value moved elsewhere does not open.

        Key id (1 byte), nonce (12), ciphertext and tag.
        """
        nonce = os.urandom(NONCE_BYTES)
        return bytes((self._current,)) + nonce + self._seals[self._current].encrypt(nonce, words, f"{table}:{key}".encode())

    def open(self, table: str, key: int | str, sealed: bytes) -> bytes:
        """What was sealed for this row. Raises KeyTrouble when the key, the table or the row is another."""
        try:
            return self._seals[sealed[0]].decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], f"{table}:{key}".encode())
        except (InvalidTag, KeyError, IndexError):
            message = f"a sealed value of {table} does not open with this key file"
            raise KeyTrouble(message) from None

    def sign(self, words: bytes) -> bytes:
        """The city's Ed25519 signature (64 bytes), that `public` verifies: for what it says in public of its record."""
        return self._signs.sign(words)


def _signing_key(lookup: bytes) -> Ed25519PrivateKey:
    """Made from what the key file holds (HKDF, RFC 5869), so that a copy of that file on paper is a copy of this key too."""
    return Ed25519PrivateKey.from_private_bytes(HKDF(SHA256(), KEY_BYTES, salt=None, info=b"aller-vers record checkpoint").derive(lookup))


def _keyed(pepper: "hmac.HMAC", network: str, address: str) -> bytes:
    mac = pepper.copy()
    mac.update(f"{network}:{address}".encode())
    return mac.digest()


def new_keys() -> Keys:
    """Fresh secrets that no file holds: for tests and the terminal."""
    return Keys({1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))


def make_key_file(path: Path) -> None:
    """Write a new key file, readable by its owner alone. Raises FileExistsError: a key is never overwritten."""
    text = {name: b64encode(secrets.token_bytes(KEY_BYTES)).decode() for name in ("seal", "lookup", "suppression")}
    content = msgspec.json.encode(_File((_Seal(1, text["seal"]),), text["lookup"], text["suppression"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(content, indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path) -> Keys:
    """The keys of a file. Raises KeyTrouble."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
        return Keys({seal.id: b64decode(seal.secret) for seal in found.seals}, b64decode(found.lookup), b64decode(found.suppression))
    except FileNotFoundError:
        message = (
            f"the key file {path} is missing: type your recovery sheet into `allervers setup --recover`, "
            "or run `allervers setup` for an empty database"
        )
        raise KeyTrouble(message) from None
    except PermissionError:
        message = (
            f"the key file {path} may not be read by this user: give it to the one who runs the service (chown), it need not be replaced"
        )
        raise KeyTrouble(message) from None
    except (OSError, ValueError):
        message = f"the key file {path} is damaged: move it away, then type your recovery sheet into `allervers setup --recover`"
        raise KeyTrouble(message) from None
