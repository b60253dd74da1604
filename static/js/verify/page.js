// The verification page: scan, type, and read what is found. Everything here also works without
// this script and with a network; with it, codes are checked on the phone, network or not.

import { Camera, NoCamera, codeInPicture } from "./camera.js";
import { note, shownLocally } from "./outcome.js";
import { choosePlace, chosenPlace } from "./place.js";
import { rememberLanguage, renewedStock, stock } from "./stock.js";
import { tokenIn, verified } from "./token.js";
import { verdictOf } from "./verdict.js";
import { filled, words } from "./words.js";

const RENEW_EVERY_MS = 5 * 60 * 1000;
const PATIENCE_MS = 8000;
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const result = part("result");
const SCOPES = ["/verify/", "/V/"];
let asking = 0;
let held = null;
let kept = null;

// --- What is asked for -----------------------------------------------------------------------------

// A code is a badge's or nothing; a number proves nothing by itself, so only the server is asked.
function scanned(text) {
  const token = tokenIn(text);
  history.pushState(null, "", token ? `/V/${token}` : "/verify/");
  return token ? shownToken(token) : shownAlone("not_genuine");
}

function typed(text) {
  if (tokenIn(text)) return scanned(text);
  if (!navigator.onLine) return shownAlone("not_asked");
  window.location.assign(`/verify/?number=${encodeURIComponent(text)}`);
  return null;
}

async function shownToken(token) {
  performance.mark("verify-begun");
  asking += 1;
  const mine = asking;
  const own = await stockHeld();
  const place = chosenPlace();
  // A clock that is behind the list's is wrong.
  const now = Math.max(Math.floor(Date.now() / 1000), own.listAt ?? 0);
  const { facts, isGenuine } = await verified(token, own.keys);
  const keysAge = own.keysAt === null ? Infinity : now - own.keysAt;
  const verdict = verdictOf({ facts, isGenuine, list: own.list, place, now, keysAge });
  if (mine !== asking) return;
  // What an unverified code says, anybody may have written.
  show(shownLocally(verdict, { facts: isGenuine ? facts : null, place, stock: own, now }));
  performance.measure("verify", "verify-begun");
  await askServer(token, mine);
}

function shownAlone(verdict) {
  asking += 1;
  show(shownLocally(verdict, { facts: null, place: null, stock: { list: null }, now: 0 }));
}

// The server's word replaces what the phone found: it knows what happened a moment ago.
async function askServer(token, mine) {
  const saying = result.querySelector("[data-slot=server]");
  saying.replaceChildren(note({ text: words.phrases.asking }));
  const said = await answered(token);
  if (mine !== asking) return;
  if (said.html) show(said.html, { keepFocus: true });
  else saying.replaceChildren(note({ text: said.text, strong: true }));
}

async function answered(token) {
  const language = encodeURIComponent(words.language);
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(`/verify/now/${token}/?language=${language}`, { signal });
    if (answer.headers.get("x-verify") === "outcome") return { html: fragment(await answer.text()) };
    return { text: answer.status === 429 ? words.phrases.too_many : words.phrases.no_answer };
  } catch {
    return { text: words.phrases.offline };
  }
}

function fragment(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const outcome = document.createDocumentFragment();
  outcome.append(...parsed.body.children);
  return outcome;
}

function show(outcome, { keepFocus = false } = {}) {
  result.replaceChildren(outcome);
  result.hidden = false;
  document.body.classList.add("has-outcome");
  if (keepFocus) return;
  window.scrollTo(0, 0);
  result.querySelector("[data-slot=word]").focus({ preventScroll: true });
}

// --- Keys and list -----------------------------------------------------------------------------------

async function stockHeld() {
  held ??= await stock();
  return held;
}

async function renew() {
  held = await renewedStock().catch(stock);
  const isReady = held.list && held.list.until > Date.now() / 1000 && (await kept);
  part("stock").textContent = words.phrases[isReady ? "ready" : "not_ready"];
}

// Both addresses at which a badge is checked: a worker has one scope, so it is registered twice.
// Answers whether both have fetched everything.
async function keptOffline() {
  try {
    const registering = SCOPES.map((scope) => navigator.serviceWorker.register("/verify/worker.js", { scope }));
    await Promise.all((await Promise.all(registering)).map(activated));
    return true;
  } catch {
    return false;
  }
}

function activated({ installing, waiting, active }) {
  const worker = active ?? waiting ?? installing;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("not fetched"));
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

// --- Camera ----------------------------------------------------------------------------------------

const camera = new Camera(part("video"));

async function scan() {
  if (camera.wanted) return;
  part("scanner").hidden = false;
  part("video").hidden = false;
  say("looking");
  part("scanner").scrollIntoView({ block: "nearest" });
  try {
    const scanning = camera.scan();
    part("video").addEventListener("playing", () => { part("lamp").hidden = !camera.hasLamp; }, { once: true });
    const text = await scanning;
    part("scanner").hidden = true;
    if (text) await scanned(text);
  } catch (error) {
    camera.stop();
    part("video").hidden = true;
    say(`camera_${error instanceof NoCamera ? error.reason : "busy"}`);
  }
}

function stopScanning() {
  camera.stop();
  part("scanner").hidden = true;
}

function say(phrase) {
  part("scanner-says").textContent = words.phrases[phrase];
}

async function lookIntoPicture(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  const text = await codeInPicture(file).catch(() => null);
  part("picture-says").textContent = text ? "" : words.phrases.no_code;
  if (text) await scanned(text);
}

async function switchLamp(event) {
  const on = event.target.getAttribute("aria-pressed") !== "true";
  await camera.lamp(on);
  event.target.setAttribute("aria-pressed", String(on));
}

// --- The page itself ---------------------------------------------------------------------------------

function placeChosen(event) {
  event.preventDefault();
  choosePlace(event.target.elements.place.value);
  showPlace();
  if (document.body.dataset.served) window.location.reload();
  else route();
}

function showPlace() {
  const place = chosenPlace();
  const select = part("place").elements.place;
  select.value = place ? `${place.election}-${place.constituency}` : "";
  if (select.selectedIndex < 0) select.value = "";
  const name = select.value ? select.selectedOptions[0].textContent.trim() : "";
  part("place-says").textContent = name ? filled(words.phrases.you_are, { place: name }) : words.phrases.nowhere;
  part("where").open = !name;
}

// What the address asks for: a code that a phone's camera has opened, or, where this is the page
// that the phone keeps, a number without a network.
function route() {
  const token = tokenIn(window.location.pathname);
  if (token) return shownToken(token);
  if (window.location.pathname.startsWith("/V/")) return shownAlone("not_genuine");
  if (window.location.pathname !== "/verify/" || window.location.search.includes("number=")) {
    return shownAlone("not_asked");
  }
  asking += 1;
  result.hidden = true;
  result.replaceChildren();
  document.body.classList.remove("has-outcome");
  return null;
}

function wentBack() {
  const isNumber = /^\/verify\/.+/.test(window.location.pathname);
  if (isNumber && navigator.onLine) window.location.reload();
  else route();
}

function begin() {
  part("offer-scan").hidden = false;
  part("scan").addEventListener("click", scan);
  part("stop").addEventListener("click", stopScanning);
  part("lamp").addEventListener("click", switchLamp);
  part("picture").addEventListener("change", lookIntoPicture);
  part("place").addEventListener("submit", placeChosen);
  part("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = event.target.elements.number.value.trim();
    if (text) typed(text);
  });
  window.addEventListener("popstate", wentBack);
  window.addEventListener("online", renew);
  document.addEventListener("visibilitychange", () => document.hidden ? stopScanning() : renew());
  setInterval(renew, RENEW_EVERY_MS);
  showPlace();
  rememberLanguage(words.language);
  kept = keptOffline();
  renew();
  if (!document.body.dataset.served) route();
}

if (window.isSecureContext && "caches" in window) begin();
