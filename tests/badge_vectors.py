"""Makes `docs/badge-test-vectors.json`: what others test their own verifiers with.

    .venv/bin/python -m tests.badge_vectors > docs/badge-test-vectors.json

It writes tokens with `cbor2` and `cryptography` alone, apart from the portal's own signer; the
tests hold the portal, the file and this module against each other.
"""

import base64
import datetime
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# RFC 8032, 7.1, TEST 1: known to everybody, so nobody can take it for a secret.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
OTHER_SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
KID = b"t1"
SITE = "https://accreditation.example.org"
ORDER = 2**252 + 27742317777372353535851937790883648493  # of Ed25519's group

FACTS: dict[str, dict[str, Any]] = {
    "one constituency": {
        "number": "A-0012345-20", "serial": 1, "election": 1, "scope": "constituency",
        "constituency": 83, "index": 54321,
        "valid_from": 1705651200, "valid_until": 1707422400,
    },
    "nationwide, replaced twice": {
        "number": "A-0000007-77", "serial": 3, "election": 12, "scope": "nationwide",
        "constituency": 0, "index": 7,
        "valid_from": 1705651200, "valid_until": 1710014400,
    },
    "sessions before polling day": {
        "number": "A-0090372-97", "serial": 1, "election": 300, "scope": "special_permission",
        "constituency": 0, "index": 100000,
        "valid_from": 1705651200, "valid_until": 1707249600,
    },
}  # fmt: skip
SCOPES = {"nationwide": 1, "constituency": 2, "special_permission": 3}
STATUSES = {1: 1, 3: 3, 6: 1, 12: 3}
LAST = 13
RUN_OFFS = {12: 1708891200}
ISSUED_AT = 1707289200


def claims(facts: dict[str, Any]) -> dict[int, Any]:
    place = SCOPES[facts["scope"]], facts["constituency"], facts["index"]
    return {
        2: facts["number"],
        4: facts["valid_until"],
        5: facts["valid_from"],
        -65537: [facts["election"], facts["serial"], *place],
    }


def header(**changes: Any) -> bytes:
    return cbor2.dumps({1: -8, 4: KID} | changes.get("also", {}))


def envelope(
    payload: bytes,
    *,
    protected: bytes | None = None,
    unprotected: dict[int, Any] | None = None,
    seed: bytes = SEED,
    remade: Callable[[bytes], bytes] = bytes,
) -> bytes:
    """A COSE_Sign1; `remade` changes the signature."""
    protected = header() if protected is None else protected
    to_be_signed = cbor2.dumps(["Signature1", protected, b"", payload])
    signature = remade(Ed25519PrivateKey.from_private_bytes(seed).sign(to_be_signed))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected or {}, payload, signature]))


def text(envelope: bytes) -> str:
    return base64.b32encode(envelope).decode().rstrip("=")


def bytes_of(token: str) -> bytes:
    return base64.b32decode(token + "=" * (-len(token) % 8))


def signed(payload: Any, **changes: Any) -> str:
    return text(
        envelope(payload if isinstance(payload, bytes) else cbor2.dumps(payload), **changes)
    )


# --- What is not genuine, and why -----------------------------------------------------------------


def not_genuine() -> list[dict[str, str]]:
    """Each with what is wrong with it. A reader that only verifies signatures accepts those that
    are refused for their envelope or their facts: a right key signed them, in another form."""
    refused = {
        "text": _misspelt(),
        "signature": _wrongly_signed(),
        "envelope": _wrapped_otherwise(),
        "facts": _written_otherwise() | _untrue(),
    }
    return [
        {"refused_for": what, "why": why, "token": token}
        for what, tokens in refused.items()
        for why, token in tokens.items()
    ]


def _misspelt() -> dict[str, str]:
    token, other = (signed(claims(facts)) for facts in list(FACTS.values())[:2])
    assert len(other) % 8, "this one needs padding"
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".index(other[-1]) + 1
    ]
    return {
        "empty": "",
        "in lower case": token.lower(),
        "with padding": other + "=" * (-len(other) % 8),
        "the last letter has bits that belong to no byte": other[:-1] + last,
        "a space at the end": token + " ",
        "a line break at the end": token + "\n",
        "0 for O and 1 for I: not in this alphabet": token.replace("O", "0").replace("I", "1"),
        "letters of another script that look the same": token.replace("A", "А", 1),
        "without its last letters": token[:-8],
        "letters after its end": token + "AAAAAAAA",
        "of an impossible length": token + "A",
        "a JSON Web Token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJBLTAwMTIzNDUtMjAifQ.c2lnbmF0dXJl",
    }  # fmt: skip


def _wrongly_signed() -> dict[str, str]:
    payload = cbor2.dumps(claims(FACTS["one constituency"]))
    whole = envelope(payload)
    public = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
    mac_header = cbor2.dumps({1: 5, 4: KID})
    mac = hmac.digest(public, cbor2.dumps(["MAC0", mac_header, b"", payload]), hashlib.sha256)
    return {
        "another constituency than was signed": text(whole.replace(b"\x18\x53", b"\x18\x54")),
        "another number than was signed": text(whole.replace(b"0012345", b"0012346")),
        "one bit of the signature turned": text(whole[:-1] + bytes([whole[-1] ^ 1])),
        "signature of zeros": signed(payload, remade=lambda _: bytes(64)),
        "the signature's second half plus the order of the group": signed(
            payload, remade=_plus_order
        ),
        "signed by another key under this id": signed(payload, seed=OTHER_SEED),
        "signed by a key of an id nobody knows": signed(
            payload, seed=OTHER_SEED, protected=cbor2.dumps({1: -8, 4: b"x9"})
        ),
        "a MAC with the public key as its secret": text(
            cbor2.dumps(cbor2.CBORTag(17, [mac_header, {}, payload, mac]))
        ),
        "nothing signed at all": text(payload),
    }  # fmt: skip


def _plus_order(signature: bytes) -> bytes:
    second = int.from_bytes(signature[32:], "little") + ORDER
    return signature[:32] + second.to_bytes(32, "little")


def _wrapped_otherwise() -> dict[str, str]:
    payload = cbor2.dumps(claims(FACTS["one constituency"]))
    whole = envelope(payload)
    return {
        "without its tag": text(whole[1:]),
        "with the tag of a CWT before it": text(b"\xd8\x3d" + whole),
        "an array of indefinite length": text(b"\xd2\x9f" + whole[2:] + b"\xff"),
        "the tag written longer": text(b"\xd8\x12" + whole[1:]),
        "the header in another order": signed(payload, protected=cbor2.dumps({4: KID, 1: -8})),
        "the header written longer": signed(payload, protected=bytes.fromhex("a20138070458027431")),
        "an addition to the header": signed(payload, protected=header(also={16: "badge"})),
        "no algorithm": signed(payload, protected=cbor2.dumps({4: KID})),
        "another name of the algorithm": signed(payload, protected=header(also={1: -19})),
        "no key id": signed(payload, protected=cbor2.dumps({1: -8})),
        "the key id where it is not signed": signed(
            payload, protected=cbor2.dumps({1: -8}), unprotected={4: KID}
        ),
        "something that is not signed": signed(payload, unprotected={4: KID}),
        "the facts elsewhere": text(
            cbor2.dumps(cbor2.CBORTag(18, [header(), {}, None, whole[-64:]]))
        ),
        "the revocation list": text(status_list()),
    }  # fmt: skip


def _written_otherwise() -> dict[str, str]:
    """Signed by the right key, which no portal would do: the form is refused all the same."""
    true = claims(FACTS["one constituency"])
    payload = cbor2.dumps(true)
    return {
        "the claims in another order": signed(dict(reversed(true.items()))),
        "a claim more": signed({1: "issuer"} | true),
        "a claim twice": signed(b"\xa5" + cbor2.dumps(2) + cbor2.dumps(true[2]) + payload[1:]),
        "a claim less": signed({name: true[name] for name in (2, 4, -65537)}),
        "a map of indefinite length": signed(b"\xbf" + payload[1:] + b"\xff"),
        "a number written longer": signed(payload.replace(b"\x18\x53", b"\x19\x00\x53")),
        "bytes after the facts": signed(payload + b"\x00"),
        "a list instead of a map": signed(list(true.values())),
        "no CBOR": signed(b"\xff" * 50),
        "no facts": signed(b""),
    }


def _untrue() -> dict[str, str]:
    true = claims(FACTS["one constituency"])
    election, serial, scope, constituency, index = true[-65537]
    here = [election, serial, scope, constituency, index]
    return {
        "the number as bytes": signed(true | {2: true[2].encode()}),
        "a number of another form": signed(true | {2: "12345"}),
        "a time with a fraction": signed(true | {4: float(true[4])}),
        "a time beyond the calendar": signed(true | {4: 2**63}),
        "valid until before it is valid": signed(true | {4: true[5], 5: true[4]}),
        "true for 1": signed(true | {-65537: [True, *here[1:]]}),
        "a fact less": signed(true | {-65537: here[:-1]}),
        "a fact more": signed(true | {-65537: [*here, 0]}),
        "no serial": signed(true | {-65537: [election, 0, scope, constituency, index]}),
        "a scope that there is not": signed(true | {-65537: [election, serial, 4, 0, index]}),
        "nationwide, and yet one constituency": signed(
            true | {-65537: [election, serial, 1, constituency, index]}
        ),
        "nationwide, and a constituency below zero": signed(
            true | {-65537: [election, serial, 1, -1, index]}
        ),
        "one constituency, and none named": signed(
            true | {-65537: [election, serial, 2, 0, index]}
        ),
        "a place before the list": signed(
            true | {-65537: [election, serial, scope, constituency, -1]}
        ),
    }  # fmt: skip


# --- The file -------------------------------------------------------------------------------------


def status_list() -> bytes:
    statuses = bytearray(LAST // 4 + 1)
    for index, status in STATUSES.items():
        statuses[index // 4] |= status << 2 * (index % 4)
    payload = cbor2.dumps(
        {
            2: f"{SITE}/verify/status.cwt",
            4: ISSUED_AT + 48 * 3600,
            6: ISSUED_AT,
            65533: {"lst": zlib.compress(bytes(statuses), 9), "bits": 2},
            65534: 300,
            -65538: RUN_OFFS,
        }
    )
    return envelope(payload, protected=header(also={16: "application/statuslist+cwt"}))


def made() -> dict[str, Any]:
    public = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
    x = base64.urlsafe_b64encode(public).decode().rstrip("=")
    return {
        "about": "Test vectors for docs/badges.md. The key is public: never use it for badges.",
        "site": SITE,
        "key": {
            "kid": KID.decode(),
            "seed": SEED.hex(),
            "jwk": {"kty": "OKP", "crv": "Ed25519", "kid": KID.decode(), "x": x},
        },
        "genuine": [_genuine(name, facts) for name, facts in FACTS.items()],
        "not_genuine": not_genuine(),
        "status_list": {
            "envelope": status_list().hex(),
            "issued_at": ISSUED_AT,
            "expires_at": ISSUED_AT + 48 * 3600,
            "time_to_live": 300,
            "last_index": LAST,
            "statuses": {str(index): status for index, status in STATUSES.items()},
            "run_offs": {str(election): until for election, until in RUN_OFFS.items()},
        },
    }


def _genuine(name: str, facts: dict[str, Any]) -> dict[str, Any]:
    payload = cbor2.dumps(claims(facts))
    token = text(envelope(payload))
    link = f"{SITE.upper()}/V/{token}"
    return {"name": name, "facts": facts, "payload": payload.hex(), "token": token, "link": link}


def facts_of(written: dict[str, Any]) -> dict[str, Any]:
    """As `BadgeFacts` takes them."""
    times = {
        name: datetime.datetime.fromtimestamp(written[name], datetime.UTC)
        for name in ("valid_from", "valid_until")
    }
    return written | times


if __name__ == "__main__":
    print(json.dumps(made(), indent=1, ensure_ascii=False))
