// COSE_Sign1 (RFC 9052) signed with Ed25519, by the browser's own cryptography where it has it.

import { Malformed, Tagged, fromBase64Url, fromCbor, headOfBytes, joined, utf8 } from "./bytes.js";

const EDDSA = -8;
const HEAD = { algorithm: 1, key: 4 };
const COSE_SIGN1 = 18;
// The array of four that is signed, up to its first byte string (RFC 9052, 4.4).
const BEFORE = joined(Uint8Array.of(0x84, 0x6a), utf8("Signature1"));
const NOTHING = headOfBytes(0);

// Keys by id, from a JWKS (RFC 8037).
export function keysOf(jwks) {
  const ours = jwks.keys.filter((key) => key.kty === "OKP" && key.crv === "Ed25519");
  return new Map(ours.map((key) => [key.kid, fromBase64Url(key.x)]));
}

// The parts of a signed message; nothing is verified yet. Raises Malformed.
export function opened(bytes, { ordered = true } = {}) {
  const message = fromCbor(bytes, { ordered });
  if (!(message instanceof Tagged) || message.tag !== COSE_SIGN1) throw new Malformed("no COSE_Sign1");
  const parts = message.value;
  if (!Array.isArray(parts) || parts.length !== 4) throw new Malformed("not four parts");
  const [head, open, payload, signature] = parts;
  const known = head instanceof Uint8Array && payload instanceof Uint8Array && signature instanceof Uint8Array;
  if (!known || !(open instanceof Map) || open.size > 0 || signature.length !== 64) {
    throw new Malformed("parts of another kind");
  }
  const heads = fromCbor(head, { ordered });
  const key = heads instanceof Map ? heads.get(HEAD.key) : null;
  if (!(key instanceof Uint8Array) || heads.get(HEAD.algorithm) !== EDDSA) throw new Malformed("other heads");
  return { head, heads, payload, signature, key: new TextDecoder().decode(key) };
}

export async function isSignedBy({ head, payload, signature }, publicKey) {
  const signed = joined(BEFORE, headOfBytes(head.length), head, NOTHING, headOfBytes(payload.length), payload);
  const key = await imported(publicKey);
  if (key) return crypto.subtle.verify("Ed25519", key, signature, signed);
  const { verifyAsync } = await import("../../vendor/noble-ed25519/noble-ed25519.min.js");
  return verifyAsync(signature, signed, publicKey, { zip215: false }).catch(() => false);
}

const known = new Map();

// null where the browser does not have Ed25519: then the vendored library verifies.
function imported(publicKey) {
  const name = publicKey.join();
  if (!known.has(name)) {
    const importing = crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    known.set(name, importing.catch(() => null));
  }
  return known.get(name);
}
