"""OpenID Connect: the city's own accounts open the desk. Authorization code with PKCE, an ID token checked claim by claim, no more."""

import base64
import hashlib
import time
from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import msgspec

from bot.settings import Settings

SIGNED = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures that are taken: none that a client secret could make (RFC 8725 section 3.1)."""
SKEW = 60  # seconds that two clocks may differ
_KEPT = 3600.0  # seconds that the provider's description is good for
_PATIENCE = aiohttp.ClientTimeout(total=10)
_LARGEST = 256 * 1024


class ProviderTrouble(Exception):
    """The provider did not prove who somebody is; the message is for the log and the operator, and holds no secret."""


class Began(msgspec.Struct, frozen=True):
    """What must come back unchanged from the provider, or prove itself there: kept sealed in a cookie meanwhile."""

    state: str
    nonce: str
    verifier: str
    next: str
    until: int  # seconds since 1970


class _Description(msgspec.Struct, frozen=True):
    """What a provider tells of itself (OpenID Connect Discovery 1.0 section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str = ""


class Provider:
    """One identity provider, as the settings name it."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is asked of it yet."""
        self.issuer, self._id, self._secret = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
        self._back = f"{settings.public_url}/desk/connexion/retour"
        here = urlsplit(self.issuer).hostname in {"127.0.0.1", "localhost", "::1"}
        self._proxy = None if here else settings.proxy_url or None
        self._told: tuple[float, _Description] | None = None

    def begin(self, now: datetime, next_: str) -> Began:
        """Fresh secrets for one sign-in, which has ten minutes."""
        return Began(token_urlsafe(32), token_urlsafe(32), token_urlsafe(48), next_, int(now.timestamp()) + 600)

    async def away(self, began: Began) -> str:
        """The address at the provider where the sign-in goes on. Raises ProviderTrouble."""
        async with self._session() as http:
            described = await self._describe(http)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(began.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": self._back,
            "scope": "openid email",
            "state": began.state,
            "nonce": began.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{described.authorization_endpoint}{'&' if '?' in described.authorization_endpoint else '?'}{urlencode(asked)}"

    async def email(self, now: datetime, began: Began, code: str) -> str:
        """The verified e-mail address of who came back with this code. Raises ProviderTrouble."""
        async with self._session() as http:
            described = await self._describe(http)
            tokens = await self._exchange(http, described, began, code)
            keys = await self._json(http, "GET", described.jwks_uri)
            claims = check(tokens.id_token, keys, issuer=self.issuer, client=self._id, nonce=began.nonce, now=now)
            if "email" not in claims and described.userinfo_endpoint and tokens.access_token:
                headers = {"Authorization": f"Bearer {tokens.access_token}"}
                more = await self._json(http, "GET", described.userinfo_endpoint, headers=headers)
                if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
                    raise ProviderTrouble("the provider tells of somebody else than it signed in")
                claims = {**more, **claims}
        if not isinstance(claims.get("email"), str) or claims.get("email_verified") is not True:
            raise ProviderTrouble("the provider vouches for no e-mail address")
        return str(claims["email"])

    async def _exchange(self, http: aiohttp.ClientSession, described: _Description, began: Began, code: str) -> _Tokens:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back, "code_verifier": began.verifier}
        headers = {}
        if "client_secret_basic" in described.token_endpoint_auth_methods_supported:
            headers["Authorization"] = aiohttp.encode_basic_auth(*(_quoted(one) for one in (self._id, self._secret)))
        else:
            form |= {"client_id": self._id, "client_secret": self._secret}
        told = await self._json(http, "POST", described.token_endpoint, data=form, headers=headers)
        try:
            return msgspec.convert(told, _Tokens)
        except msgspec.ValidationError:
            raise ProviderTrouble("the provider gives no ID token") from None

    async def _describe(self, http: aiohttp.ClientSession) -> _Description:
        if self._told and time.monotonic() - self._told[0] < _KEPT:
            return self._told[1]
        told = await self._json(http, "GET", f"{self.issuer}/.well-known/openid-configuration")
        try:
            described = msgspec.convert(told, _Description)
        except msgspec.ValidationError:
            raise ProviderTrouble("the provider's description is not one of OpenID Connect") from None
        if described.issuer.rstrip("/") != self.issuer:
            raise ProviderTrouble("the provider calls itself otherwise than ALLERVERS_OIDC_ISSUER")
        self._told = (time.monotonic(), described)
        return described

    async def _json(self, http: aiohttp.ClientSession, method: str, url: str, **more: Any) -> Any:  # noqa: ANN401 - whatever it tells
        try:
            async with http.request(method, url, proxy=self._proxy, allow_redirects=False, **more) as answer:
                body = await answer.content.read(_LARGEST)
                if answer.status != 200:  # noqa: PLR2004
                    raise ProviderTrouble(f"the provider answers {answer.status}")
                return msgspec.json.decode(body)
        except (aiohttp.ClientError, TimeoutError):
            raise ProviderTrouble("the provider does not answer") from None
        except msgspec.DecodeError:
            raise ProviderTrouble("the provider's answer is not JSON") from None

    @staticmethod
    def _session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=_PATIENCE)


def _quoted(text: str) -> str:
    """A client's name and secret are form-encoded before they go into the header (RFC 6749 section 2.3.1)."""
    return urlencode({"": text}).removeprefix("=")


def check(id_token: str, keys: Any, *, issuer: str, client: str, nonce: str, now: datetime) -> dict[str, Any]:  # noqa: ANN401 - JSON as it came
    """The claims of an ID token, when its signature, issuer, audience, age and nonce are right (OpenID Connect Core 3.1.3.7).

    Raises ProviderTrouble.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=SIGNED)
    except (JoseError, ValueError, KeyError, TypeError):
        raise ProviderTrouble("the ID token is not signed by the provider") from None
    claims, at = token.claims, now.timestamp()
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    wrong = {
        "iss": str(claims.get("iss", "")).rstrip("/") != issuer,
        "aud": client not in audiences,
        "azp": claims.get("azp", client) != client or (len(audiences) > 1 and "azp" not in claims),
        "exp": not isinstance(claims.get("exp"), int | float) or claims["exp"] <= at - SKEW,
        "iat": not isinstance(claims.get("iat"), int | float) or claims["iat"] > at + SKEW,
        "nonce": not nonce or claims.get("nonce") != nonce,
        "sub": not isinstance(claims.get("sub"), str) or not claims["sub"],
    }
    if faults := [name for name, is_wrong in wrong.items() if is_wrong]:
        raise ProviderTrouble(f"the ID token is not for us: {', '.join(faults)}")
    return dict(claims)
