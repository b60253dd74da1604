// What a badge's code says, and whether it is genuine. See docs/badges.md.

import { Malformed, fromBase32, fromCbor } from "./bytes.js";
import { isSignedBy, opened } from "./signature.js";

const CLAIM = { number: 2, until: 4, from: 5, badge: -65537 };
const SCOPES = { 1: "nationwide", 2: "constituency", 3: "special_permission" };
const NUMBER = /^[A-Z]-[0-9]{7,19}-[0-9]{2}$/;
const LONGEST = 400;
const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
const isCount = (value) => Number.isInteger(value) && value >= 0;

// The token in a scanned or typed link, or null. The host is not looked at: who signed decides.
export function tokenIn(text) {
  const found = /^(?:https?:\/\/[^/]+)?\/V\/([A-Z2-7]+)\/?$/i.exec(text.trim());
  const token = found ? found[1] : text.trim();
  return /^[A-Z2-7]{80,}$/i.test(token) ? token : null;
}

// Raises Malformed for what nobody can have signed.
export function read(token) {
  if (token.length > LONGEST) throw new Malformed("too long");
  const message = opened(fromBase32(token));
  if (message.heads.size !== 2) throw new Malformed("other heads");
  return { message, facts: factsOf(fromCbor(message.payload)) };
}

function factsOf(claims) {
  const badge = claims instanceof Map ? claims.get(CLAIM.badge) : null;
  if (!Array.isArray(badge) || claims.size !== 4 || badge.length !== 5) throw new Malformed("other claims");
  const [election, serial, scope, constituency, index] = badge;
  const facts = {
    number: claims.get(CLAIM.number),
    from: claims.get(CLAIM.from),
    until: claims.get(CLAIM.until),
    scope: SCOPES[scope],
    election, serial, constituency, index,
  };
  if (!isABadges(facts)) throw new Malformed("claims that no badge has");
  return facts;
}

// As in observers/badges/tokens.py.
function isABadges({ number, from, until, scope, election, serial, constituency, index }) {
  return (
    typeof number === "string" &&
    NUMBER.test(number) &&
    [election, serial, index].every((count) => isCount(count) && count > 0) &&
    isCount(constituency) &&
    Boolean(scope) &&
    (constituency > 0) === (scope === "constituency") &&
    isCount(from) &&
    isCount(until) &&
    from < until &&
    until <= LAST_MOMENT
  );
}

// `{ facts, isGenuine }`. isGenuine is null where it cannot be told: the key is not among `keys`.
export async function verified(token, keys) {
  let parts;
  try {
    parts = read(token);
  } catch {
    return { facts: null, isGenuine: false };
  }
  const key = keys.get(parts.message.key);
  if (!key) return { facts: parts.facts, isGenuine: null };
  return { facts: parts.facts, isGenuine: await isSignedBy(parts.message, key) };
}
