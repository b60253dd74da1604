// What is said of a badge without a network. The same table as `verdict()` in observers/domain/verification.py;
// tests hold them against each other.

export const DAY = 24 * 60 * 60;

// `facts` are the token's; `list` may be null. `now` is in seconds, `place` is null or
// `{ election, constituency }` with constituency 0 for "not at a polling station".
export function verdictOf({ facts, isGenuine, list, place, now, keysAge }) {
  if (isGenuine === false) return "not_genuine";
  // A key that is not known is a forger's, or newer than the keys that this phone has.
  if (isGenuine === null) return keysAge < DAY ? "not_genuine" : "not_checked";
  const status = list ? list.statusOf(facts.index) : "valid";
  if (status !== "valid") return status;
  if (now < facts.from) return "not_yet";
  if (now >= Math.max(facts.until, list ? list.keptUntil(facts.election) : 0)) return "expired";
  if (!list || now >= list.until) return "not_on_list";
  return isElsewhere(facts, place) ? "elsewhere" : "valid";
}

function isElsewhere(facts, place) {
  if (!place || place.constituency === 0) return false;
  if (facts.election !== place.election || facts.scope === "special_permission") return true;
  return facts.scope === "constituency" && facts.constituency !== place.constituency;
}
