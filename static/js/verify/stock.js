// What this phone keeps for the time without a network: public keys and the list of revoked badges.

import { keysOf } from "./signature.js";
import { readList } from "./statuslist.js";

const STOCK = "verify-stock";
const KEYS = "/verify/keys.json";
const LIST = "/verify/status.cwt";
const LANGUAGE = "/verify/language";
const PATIENCE_MS = 8000;

// `{ keys, keysAt, list, listAt }`; times in seconds. Without keys `keysAt` is null, without a
// genuine list `list` is null.
export async function stock() {
  const cache = await caches.open(STOCK);
  const [keys, list] = await Promise.all([cache.match(KEYS), cache.match(LIST)]);
  return unpacked(keys, list);
}

// The same, as the server has it now. What is not genuine, and a list that is older, replaces
// nothing. Raises where one of the two could not be had.
export async function renewedStock() {
  await renewed(KEYS, async (answer) => keysOf(await answer.json()).size > 0);
  const { keys, list } = await stock();
  await renewed(LIST, async (answer) => {
    const read = await readList(await bytesOf(answer), keys);
    return read !== null && read.made >= (list?.made ?? 0);
  });
  return stock();
}

async function renewed(address, isGenuine) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(address, { cache: "no-cache", credentials: "omit", signal });
  if (!answer.ok || !(await isGenuine(answer.clone()))) throw new Error(`${address} is not there`);
  const cache = await caches.open(STOCK);
  await cache.put(address, answer);
}

// The service worker shows the page in this language when there is no network.
export async function rememberLanguage(language) {
  const cache = await caches.open(STOCK);
  await cache.put(LANGUAGE, new Response(language));
}

async function unpacked(keysAnswer, listAnswer) {
  const keys = keysAnswer ? keysOf(await keysAnswer.json()) : new Map();
  const list = listAnswer ? await readList(await bytesOf(listAnswer), keys) : null;
  const listAt = list ? Math.max(list.made, sentAt(listAnswer)) : null;
  return { keys, keysAt: keysAnswer ? sentAt(keysAnswer) : null, list, listAt };
}

// By the server's clock; an answer that the browser had and the server confirmed has a new date.
function sentAt(answer) {
  return Math.floor(Date.parse(answer.headers.get("date") ?? "") / 1000) || 0;
}

async function bytesOf(answer) {
  return new Uint8Array(await answer.arrayBuffer());
}
