// Keeps the door's page and its files, so that they open without a network. All else the page does itself.
'use strict';

const PAGE = 'door-page';
const NAMES = 'personal-door-names';
const LIMIT_MILLIS = 5_000;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(Promise.all([self.clients.claim(), forgetOldNames()])));

/** Deletes names whose time is over, whether or not their page is open. */
async function forgetOldNames() {
  if (!(await caches.has(NAMES))) {
    return;
  }
  const cache = await caches.open(NAMES);
  for (const place of await cache.keys()) {
    const kept = await cache.match(place);
    if (kept && Date.now() > Number(kept.headers.get('Kept-Until'))) {
      await cache.delete(place);
    }
  }
}

const late = () => new Promise((_, reject) => { setTimeout(reject, LIMIT_MILLIS, new Error('no answer')); });

/** The network's answer, which is kept if that is wanted, or else the one that was kept for this path. */
async function newest(request, path, keeps) {
  const cache = await caches.open(PAGE);
  const fetching = fetch(request);
  let answer;
  try {
    answer = await Promise.race([fetching, late()]);
  } catch {
    return (await cache.match(path)) ?? fetching;
  }
  if (answer.type === 'opaqueredirect') {
    // Nobody is signed in any more.
    await caches.delete(NAMES);
  } else if (answer.ok && keeps) {
    await cache.put(path, answer.clone());
  } else if (answer.status >= 500) {
    return (await cache.match(path)) ?? answer;
  }
  return answer;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.mode === 'navigate') {
    event.waitUntil(forgetOldNames());
  }
  if (request.method !== 'GET' || origin !== self.location.origin) {
    return;
  }
  const isPage = request.mode === 'navigate' && /^\/check-in\/[a-z0-9-]+$/.test(pathname);
  if (isPage || pathname.startsWith('/assets/')) {
    // With a query the page is about somebody, and is not kept: where there is no answer, the one without a query stands in for it.
    event.respondWith(newest(request, pathname, !isPage || search === ''));
  }
});
