// Where the reader is, in a cookie that the server reads as well: "<election>-<constituency>",
// constituency 0 for "not at a polling station".

const NAME = "verify_place";
const HALF_A_YEAR_S = 182 * 24 * 60 * 60;

// null for a place of an election that is over: whoever chose it has not chosen in this one.
export function chosenPlace() {
  const found = document.cookie.match(new RegExp(`(?:^|; )${NAME}=((\\d+)-(\\d+))(?:;|$)`));
  if (!found || !document.querySelector(`#place option[value="${found[1]}"]`)) return null;
  return { election: Number(found[2]), constituency: Number(found[3]) };
}

export function choosePlace(value) {
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  const kept = `path=/; max-age=${value ? HALF_A_YEAR_S : 0}; samesite=lax${secure}`;
  document.cookie = `${NAME}=${value}; ${kept}`;
}
