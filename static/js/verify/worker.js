// Keeps the verification page on the phone. The server writes the constant RELEASE above this:
// `{ version, files, shells }`, with the page in each language under `shells`. Whatever of it
// changes makes a new version, which the browser finds at the next visit and fetches whole.

const PAGES = `verify-pages-${RELEASE.version}`;
const STOCK = "verify-stock";
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => {
  event.waitUntil(fetched().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgotten().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, address));
  else if (RELEASE.files.includes(address.pathname)) event.respondWith(kept(request));
});

// Without cookies: the page as anybody gets it, with no place chosen.
async function fetched() {
  const cache = await caches.open(PAGES);
  const shells = Object.values(RELEASE.shells);
  const requests = shells.map((shell) => new Request(shell, { credentials: "omit", cache: "no-cache" }));
  await cache.addAll([...RELEASE.files, ...requests]);
}

async function forgotten() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("verify-pages-") && name !== PAGES);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function kept(request) {
  const cache = await caches.open(PAGES);
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
}

// A scanned code is checked at once by what is here; the page then asks the server itself. The form
// is the server's if it answers soon; a number is, however long it takes.
async function page(event, address) {
  if (address.pathname.startsWith("/V/")) return (await shell(address)) ?? fetch(event.request);
  const answers = [fetch(event.request)];
  const isForm = address.pathname === "/verify/" && !address.searchParams.has("number");
  if (isForm) answers.push(new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null)));
  const answer = await Promise.race(answers).catch(() => null);
  return answer ?? (await shell(address)) ?? answers[0];
}

async function shell(address) {
  const cache = await caches.open(PAGES);
  const language = address.searchParams.get("language") ?? (await spoken());
  return cache.match(RELEASE.shells[language] ?? RELEASE.shells[RELEASE.language], { ignoreVary: true });
}

// The last one read on this phone, else the first of the phone's own that there is.
async function spoken() {
  const remembered = await (await caches.open(STOCK)).match("/verify/language");
  if (remembered) return remembered.text();
  const own = navigator.languages.map((name) => name.split("-")[0]);
  return own.find((name) => name in RELEASE.shells) ?? RELEASE.language;
}
