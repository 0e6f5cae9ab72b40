// Gives the page of the door, and what it is made of, back where there is no network. It touches nothing else of the desk.

const KEPT = "allervers-door";
const DAYS = 3 * 24 * 3600 * 1000;
const PATIENCE = 5000; // a network that does not answer in time is none
const isDoor = (url) => /^\/desk\/ateliers\/\d+\/accueil$/.test(url.pathname);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep).then(() => event.source.postMessage({ kept: true })));
  if (event.data.forget) event.waitUntil(caches.open(KEPT).then((cache) => cache.delete(event.data.forget, { ignoreSearch: true })));
});

async function keep(addresses) {
  const cache = await caches.open(KEPT);
  for (const request of await cache.keys()) {
    const date = (await cache.match(request))?.headers.get("date");
    if (isDoor(new URL(request.url)) && date && Date.now() - Date.parse(date) > DAYS) await cache.delete(request);
  }
  await Promise.all(addresses.map(async (address) => {
    const url = new URL(address, location.origin);
    if (url.pathname.startsWith("/static/") && (await cache.match(url))) return;
    const response = await fetch(url);
    if (response.ok && !response.redirected) await cache.put(url.origin + url.pathname, response);
  }));
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(event.request).then((found) => found || fetch(event.request)));
  } else if (isDoor(url)) {
    event.respondWith(page(event.request, url));
  }
});

async function page(request, url) {
  const cache = await caches.open(KEPT);
  const known = () => cache.match(url.origin + url.pathname);
  try {
    const response = await Promise.race([fetch(request), late(known)]);
    if (response.status < 500) {
      // what a form said stands in the address: it is not the page to come back to
      if (response.ok && response.type === "basic" && !response.redirected && !url.search) await cache.put(url.origin + url.pathname, response.clone());
      return response;
    }
    return (await known()) || response;
  } catch (error) {
    const found = await known();
    if (found) return found;
    throw error;
  }
}

async function late(known) {
  await new Promise((done) => setTimeout(done, PATIENCE));
  const found = await known();
  return found || new Promise(() => {}); // nothing is kept: the network is waited for
}
