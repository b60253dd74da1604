// The signed list of revoked and replaced badges: an IETF Token Status List, two bits a badge.

import { fromCbor } from "./bytes.js";
import { isSignedBy, opened } from "./signature.js";

const TYPE = { label: 16, value: "application/statuslist+cwt" };
const CLAIM = { until: 4, made: 6, list: 65533, kept: -65538 };
// The third, "suspended", no badge has; it would not be valid.
const STATUSES = ["valid", "revoked", "revoked", "replaced"];

// `{ made, until, statusOf(index), keptUntil(election) }`, times in seconds; null for a list that
// is not genuine.
export async function readList(bytes, keys) {
  try {
    const message = opened(bytes, { ordered: false });
    const key = keys.get(message.key);
    const fits = message.heads.get(TYPE.label) === TYPE.value;
    if (!key || !fits || !(await isSignedBy(message, key))) return null;
    return await unpacked(fromCbor(message.payload, { ordered: false }));
  } catch {
    return null;
  }
}

async function unpacked(claims) {
  const list = claims.get(CLAIM.list);
  if (list.get("bits") !== 2) return null;
  const statuses = await inflated(list.get("lst"));
  const kept = claims.get(CLAIM.kept) ?? new Map();
  return {
    made: claims.get(CLAIM.made),
    until: claims.get(CLAIM.until),
    // A badge beyond the end of the list is newer than the list: it was in order when it was made.
    statusOf: (index) => STATUSES[(statuses[index >> 2] >> (2 * (index & 3))) & 3],
    keptUntil: (election) => kept.get(election) ?? 0,
  };
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
