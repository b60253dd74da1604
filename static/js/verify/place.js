// Where the reader is, in a cookie that the server reads as well: "<election>-<constituency>",
// constituency 0 for "not at a polling station".

const NAME = "verify_place";
const HALF_A_YEAR_S = 182 * 24 * 60 * 60;

export function chosenPlace() {
  const found = document.cookie.match(new RegExp(`(?:^|; )${NAME}=(\\d+)-(\\d+)`));
  return found && { election: Number(found[1]), constituency: Number(found[2]) };
}

export function choosePlace(value) {
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  const kept = `path=/; max-age=${value ? HALF_A_YEAR_S : 0}; samesite=lax${secure}`;
  document.cookie = `${NAME}=${value}; ${kept}`;
}
