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
const READABLE = /^\/api\/(session$|objects|preferences|search|records\/|briefs\/)/;

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
  if (event.data === 'keep') event.waitUntil(keepParts());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  // A download is no page, and what strangers open is no page of the app.
  if (request.mode === 'navigate') {
    if (!/^\/(api|files|f|b)\//.test(url.pathname)) event.respondWith(startPage(event));
  } else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (/^\/[\w-]+\.(svg|png)$/.test(url.pathname)) event.respondWith(freshOrKept(event, PROGRAM));
  else if (READABLE.test(url.pathname) && !url.searchParams.has('cursor')) event.respondWith(freshOrKept(event, DATA));
});

/** Every address of the app is the same page. Another one than before: a new release, whose parts are fetched. */
async function startPage(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(keepStart(answer.clone()));
    return answer;
  } catch (error) {
    const kept = await caches.match('/', { cacheName: PROGRAM });
    if (kept) return kept;
    throw error;
  }
}

async function keepStart(answer) {
  if (!answer.headers.get('content-type')?.startsWith('text/html')) return;
  const cache = await caches.open(PROGRAM);
  const before = await (await cache.match('/'))?.text();
  const text = await answer.clone().text();
  if (text === before) return;
  await cache.put('/', answer);
  await keepParts();
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

async function freshOrKept(event, cacheName) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    if (answer.ok) event.waitUntil(keep(cacheName, request, answer.clone()));
    else if (answer.status === 401) event.waitUntil(caches.delete(DATA));
    return answer;
  } catch (error) {
    const kept = await caches.match(request, { cacheName, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function keep(cacheName, request, answer) {
  const cache = await caches.open(cacheName);
  await cache.put(request, answer);
  await trim(cache, cacheName === DATA ? MOST_DATA : MOST_PROGRAM);
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

/** All the other parts, one after the other: nobody waits for them. */
async function keepParts() {
  const cache = await caches.open(PROGRAM);
  const answer = await fetch('/program.json', { cache: 'no-cache' }).catch(() => null);
  if (!answer?.ok) return;
  for (const path of await answer.json()) {
    if (!(await cache.match(path))) await cache.add(path).catch(() => {});
  }
  await trim(cache, MOST_PROGRAM);
}
