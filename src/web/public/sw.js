/**
 * Keeps the program and what was looked at lately on the device, so that both open without a network. The server's word
 * always goes first; what is kept answers only when the server cannot be reached.
 */
const PROGRAM = 'program-1';
const DATA = 'data-1';
/** A hundred screens and their lists; older ones go first. */
const MOST_DATA = 300;
const MOST_PROGRAM = 400;
/** What a person reads. Streams, files, exports and pages deep in a list are left to the network. */
const READABLE = /^\/api\/(session|objects|preferences|search|records\/)/;

self.addEventListener('install', (event) => {
  event.waitUntil(keepProgram().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name !== PROGRAM && name !== DATA));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
  event.waitUntil(self.clients.claim());
});

self.addEventListener('message', (event) => {
  // Whoever signs in next must not read what somebody else looked at.
  if (event.data === 'forget') event.waitUntil(caches.delete(DATA));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(startPage(request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (READABLE.test(url.pathname) && !url.searchParams.has('cursor')) event.respondWith(readable(event));
});

/** Every address of the app is the same page. */
async function startPage(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(PROGRAM)).put('/', answer.clone());
    return answer;
  } catch (error) {
    const kept = await caches.match('/', { cacheName: PROGRAM });
    if (kept) return kept;
    throw error;
  }
}

/** Their names change with their content. */
async function asset(request) {
  const cache = await caches.open(PROGRAM);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    await trim(cache, MOST_PROGRAM);
  }
  return answer;
}

async function readable(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    if (answer.ok) event.waitUntil(keepData(request, answer.clone()));
    else if (answer.status === 401) event.waitUntil(caches.delete(DATA));
    return answer;
  } catch (error) {
    const kept = await caches.match(request, { cacheName: DATA, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function keepData(request, answer) {
  const cache = await caches.open(DATA);
  await cache.put(request, answer);
  await trim(cache, MOST_DATA);
}

/** Keys come in the order in which they were put. */
async function trim(cache, most) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

/** The start page and what it needs for its first paint. */
async function keepProgram() {
  const cache = await caches.open(PROGRAM);
  const answer = await fetch('/', { cache: 'no-cache' });
  if (!answer.ok) return;
  await cache.put('/', answer.clone());
  const parts = [...(await answer.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
  await cache.addAll([...new Set(parts)].filter((path) => path.startsWith('/assets/')));
}
