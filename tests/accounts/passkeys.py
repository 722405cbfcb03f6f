"""A passkey made of code: answers as a browser with a real one does."""

from __future__ import annotations

import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "http://testserver"
FLAGS = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Passkey:
    def __init__(self, host: str = "testserver") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.site = sha256(host.encode())
        self.user_handle = ""

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` gives for the options of a page."""
        wanted = options["publicKey"]
        self.user_handle = wanted["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AuthenticatorData.create(
            self.site,
            FLAGS | AuthenticatorData.FLAG.AT,
            0,
            AttestedCredentialData.create(b"\0" * 16, self.id, public),
        )
        return self._plain(
            {
                "clientDataJSON": self._client_data("webauthn.create", wanted["challenge"]),
                "attestationObject": AttestationObject.create("none", data, {}),
            },
            extensions={"credProps": {"rk": True}},
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` gives."""
        client = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        data = AuthenticatorData.create(self.site, FLAGS, 0)
        signature = self.key.sign(data + sha256(client), ec.ECDSA(hashes.SHA256()))
        plain = self._plain(
            {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        )
        plain["response"]["userHandle"] = self.user_handle
        return plain

    @staticmethod
    def _client_data(kind: str, challenge: str) -> bytes:
        return CollectedClientData.create(kind, challenge, ORIGIN)

    def _plain(
        self, response: dict[str, bytes], extensions: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return {
            "type": "public-key",
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "clientExtensionResults": extensions or {},
            "response": {name: websafe_encode(value) for name, value in response.items()},
        }
