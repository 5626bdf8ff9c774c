// What lets a gate go on without a network. Keys of tickets, ended tickets and who is in are kept as answers of the API, and names beside
// them where somebody asked for it; scans that wait to be sent, and what contradicts them, are in a database that outlives restart and
// session, and has no names.
const DATA = 'door-data';
// A cache whose name begins so goes at sign-out, on whichever page for staff.
const NAMES = 'personal-door-names';
const KEPT_UNTIL = 'Kept-Until';
const PAGE = 'door-page';
const NAMES_KEPT_MILLIS = 24 * 3_600_000;
const TICKET = /^(T1\.([\w-]{1,20})\.([a-z0-9-]+)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9]{1,9}))\.([\w-]{86})$/;
const FOUND_MOST = 20;

/** Nobody is signed in any more. */
export class SignedOut extends Error {}

/** Somebody is signed in who may not work at this conference's door. */
export class Forbidden extends Error {}

function refuse(status) {
  if (status === 401) {
    throw new SignedOut();
  }
  if (status === 403) {
    throw new Forbidden();
  }
}

export const isPossible = () => window.isSecureContext && 'caches' in window && 'indexedDB' in window && 'serviceWorker' in navigator;

function database() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('door', 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore('scans', { keyPath: 'key' });
      opening.result.createObjectStore('contradictions', { keyPath: 'key' });
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/** Runs an act on the stores in one transaction, and resolves to its request's result once that is on disk. */
async function inStores(mode, act) {
  const opened = await database();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = opened.transaction(['scans', 'contradictions'], mode, { durability: 'strict' });
      const request = act((name) => transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    opened.close();
  }
}

const place = (slug) => `/check-in/${slug}`;

async function put(cache, slug, value, headers) {
  await (await caches.open(cache)).put(place(slug), new Response(JSON.stringify(value), { headers }));
}

async function get(cache, slug) {
  const kept = await caches.match(place(slug), { cacheName: cache });
  return kept?.json();
}

async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  refuse(answer.status);
  if (!answer.ok) {
    throw new Error(`${answer.status} of ${path}`);
  }
  return answer;
}

const read = async (path) => (await ask(path)).json();

/** What is known of a conference, read once: a day's list of who is in is long. */
let known;

function indexed(data) {
  return data && { ...data, inside: new Map(data.inside.map((one) => [one.attendee, one])) };
}

/** What this device knows; undefined if it was never online. */
export async function data(slug) {
  known ??= indexed(await get(DATA, slug));
  return known;
}

/** Business time, by this device's clock and how far it is from the server's. */
export const now = ({ offset }) => new Date(Date.now() + offset).toISOString();

/** Fetches all that is needed anew. */
export async function refresh(slug) {
  const conference = `/api/admin/conferences/${slug}`;
  const current = await ask(`${conference}/check-ins/current`);
  const here = Date.now();
  const [inside, keys, ended] = await Promise.all([current.json(), read('/.well-known/ticket-keys'), read(`${conference}/ended-tickets`)]);
  // The browser repeats a list that has not changed, with the time at which that was given; this header is new each time. An earlier version
  // sends none.
  const offset = Date.parse(current.headers.get('As-Of') ?? inside.asOf) - here;
  const fetched = { keys: keys.keys, ended: ended.items, inside: inside.items, offset };
  await put(DATA, slug, fetched);
  known = indexed(fetched);
}

/** Somebody has come in, here and now, which the next list will have. */
export const noteInside = ({ attendee, gate, at }) => known?.inside.set(attendee, { attendee, gate, at });

/** Names are wanted from now on, until they are not, until sign-out, and for 24 hours at most; they come by keepNames. */
export const wantNames = (slug) => put(NAMES, slug, [], { [KEPT_UNTIL]: String(Date.now() + NAMES_KEPT_MILLIS) });

export const forgetNames = async (slug) => (await caches.open(NAMES)).delete(place(slug));

export const forgetAllNames = () => caches.delete(NAMES);

/** Whether names are wanted, and not for too long. The worker deletes them, too, because this runs only while the page is open. */
export async function areNamesWanted(slug) {
  const kept = await caches.match(place(slug), { cacheName: NAMES });
  if (kept && Date.now() > Number(kept.headers.get(KEPT_UNTIL))) {
    await forgetNames(slug);
    return false;
  }
  return kept !== undefined;
}

/** Fetches the names and keeps them, if they are still wanted then. */
export async function keepNames(slug) {
  const people = [];
  let after = '';
  do {
    const part = await read(`/api/admin/conferences/${slug}/attendees?limit=200${after}`);
    people.push(...part.items.map(({ id, name, category, ticket }) => ({ id, name, category, ticket })));
    after = part.next && `&after=${encodeURIComponent(part.next)}`;
  } while (after);
  // If this cache is deleted from here on, what is put into it is gone with it.
  const cache = await caches.open(NAMES);
  const wanted = await cache.match(place(slug));
  if (wanted) {
    await cache.put(place(slug), new Response(JSON.stringify(people), { headers: wanted.headers }));
  }
}

/** The people whose names are kept; undefined where none are, or no longer. */
export const names = async (slug) => ((await areNamesWanted(slug)) ? get(NAMES, slug) : undefined);

/** One of them; undefined where nothing is known of somebody. */
export const person = async (slug, attendee) => (await names(slug))?.find((one) => one.id === attendee);

/** The name of somebody, asked of the server and kept nowhere; undefined where it knows nobody. */
export async function nameOf(slug, attendee) {
  const { items } = await read(`/api/admin/conferences/${slug}/attendees?q=${encodeURIComponent(attendee)}`);
  return items[0]?.name;
}

const folded = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');

/** Those of whom, for each word that is typed, a word begins with it. */
export function search(people, typed) {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  return people
    .filter(({ name }) => words.every((word) => ` ${folded(name)}`.includes(` ${word}`)))
    .slice(0, FOUND_MOST);
}

/** So that the page opens without a network, too: it and all that it may load are kept. */
export async function keepPage(path) {
  await navigator.serviceWorker.register('/check-in/worker.js', { scope: '/check-in/' });
  const files = [...document.querySelectorAll('link[rel~="icon"], link[rel="stylesheet"], script[src]')].map((one) => one.href || one.src);
  const more = ['door-camera.js', 'door-offline.js', 'qr/decode.js', 'qr/index.js', 'ed25519/index.js'];
  const cache = await caches.open(PAGE);
  for (const file of [path, ...files, ...more.map((name) => `/assets/${name}`)]) {
    // Where nobody is signed in, the page would be the form of sign-in.
    const answer = await fetch(file, { redirect: 'error' });
    if (answer.ok) {
      await cache.put(file, answer);
    }
  }
}

const bytes = (base64url) => Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));

async function isSigned(signed, signature, x) {
  const message = new TextEncoder().encode(signed);
  try {
    const key = await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x }, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, bytes(signature), message);
  } catch {
    // This browser does not know these signatures.
    const { verifyAsync } = await import('./ed25519/index.js');
    return verifyAsync(bytes(signature), message, bytes(x), { zip215: false });
  }
}

/** Whom a ticket names, whether or not it is genuine. */
export const attendeeOf = ({ ticket, attendee }) => attendee ?? TICKET.exec(ticket)?.[4];

/** What this device knows of somebody with {ticket} or {attendee}: a word, and whom it is about. */
export async function decide(slug, subject) {
  const all = await data(slug);
  if (!all) {
    return { word: 'failed', text: 'unprepared' };
  }
  let attendee = subject.attendee;
  let generation = 0;
  if (subject.ticket) {
    const [, signed, keyId, conference, holder, number, signature] = TICKET.exec(subject.ticket) ?? [];
    const key = all.keys.find((one) => one.kid === keyId && one.crv === 'Ed25519');
    if (!signed || !key || !(await isSigned(signed, signature, key.x))) {
      return { word: 'not-ours' };
    }
    if (conference !== slug) {
      return { word: 'not-ours', text: 'other-conference' };
    }
    attendee = holder;
    generation = Number(number);
  }
  const somebody = await person(slug, attendee);
  const about = { attendee, who: somebody?.name, category: somebody?.category };
  const end = all.ended.find((one) => one.attendee === attendee && generation <= one.generation);
  if (end) {
    return { ...about, word: end.state };
  }
  if (subject.attendee && somebody && somebody.ticket !== 'valid') {
    return { ...about, word: somebody.ticket };
  }
  const before = all.inside.get(attendee) ?? (await scans(slug)).find((one) => one.about === attendee);
  return before ? { ...about, word: 'already', before } : { ...about, word: 'in' };
}

async function ofConference(name, slug) {
  const all = await inStores('readonly', (store) => store(name).getAll());
  return all.filter(({ conference }) => conference === slug);
}

/** A conference's scans that wait to be sent, in their order. */
export const scans = async (slug) => (await ofConference('scans', slug)).sort((a, b) => a.at.localeCompare(b.at));

export const keep = (scan) => inStores('readwrite', (store) => store('scans').put(scan));

export const contradictions = (slug) => ofConference('contradictions', slug);

export const dismiss = (key) => inStores('readwrite', (store) => store('contradictions').delete(key));

/**
 * Sends what waits of a conference, each under the key that it was given when it was scanned, so that none counts twice. What is refused
 * becomes a contradiction. Ends early where there is no answer, and where whoever is signed in may not send it: then all the rest waits on.
 *
 * @param send sends one and resolves to {status, body}; rejects without a network
 */
export async function sync(slug, send) {
  for (const scan of await scans(slug)) {
    const { status, body } = await send(scan);
    refuse(status);
    if (status === 429 || status >= 500) {
      return;
    }
    await inStores('readwrite', (store) => {
      if (status !== 201) {
        store('contradictions').put({ ...scan, status, answer: { ...body, name: undefined } });
      }
      return store('scans').delete(scan.key);
    });
  }
}
