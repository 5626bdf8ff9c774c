// The door's page where scripts run: a ticket is answered by a word on the whole screen, in its colour, with a tone. What this does not
// answer goes to the server as the form's own.
import * as camera from './door-camera.js';
import * as offline from './door-offline.js';

const page = document.getElementById('main');
const slug = page.dataset.slug;
const form = document.getElementById('scan');
const overlay = document.getElementById('overlay');
const texts = overlay.dataset;
const TICKET = /^T[0-9]+\./;
const GATE_KEPT_SECONDS = 30 * 86400;

// Which colour a word has, and what it sounds like: hertz and seconds.
const TONE_OF = { in: 'good', already: 'wait', failed: 'wait' };
const SOUND_OF = { good: [[880, 0.15]], wait: [[520, 0.12], [520, 0.12]], bad: [[196, 0.6]] };

let audio;
const mute = document.getElementById('mute');
const isMuted = () => mute.getAttribute('aria-pressed') === 'true';
mute.hidden = false;
mute.setAttribute('aria-pressed', String(localStorage.getItem('door-mute') === 'true'));
mute.addEventListener('click', () => {
  mute.setAttribute('aria-pressed', String(!isMuted()));
  localStorage.setItem('door-mute', String(isMuted()));
});

function sound(tone) {
  if (isMuted() || !window.AudioContext) {
    return;
  }
  audio ??= new AudioContext();
  audio.resume();
  let at = audio.currentTime;
  for (const [pitch, seconds] of SOUND_OF[tone]) {
    const volume = audio.createGain();
    volume.gain.setValueAtTime(0.3, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    const oscillator = audio.createOscillator();
    oscillator.frequency.value = pitch;
    oscillator.connect(volume).connect(audio.destination);
    oscillator.start(at);
    oscillator.stop(at + seconds);
    at += seconds + 0.06;
  }
}

const time = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short', timeZone: texts.zone });
const categories = JSON.parse(texts.categories);
const key = (word) => word.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());

let shown = 0;

/** Shows a word; who, lines and the check-in that may be undone are left out where they are not known. */
function show({ word, who = '', lines = [], checkIn }) {
  const tone = TONE_OF[word] ?? 'bad';
  overlay.classList.remove('good', 'wait', 'bad');
  overlay.classList.add(tone);
  overlay.querySelector('.word').textContent = texts[key(word)];
  overlay.querySelector('.who').textContent = who;
  overlay.querySelector('.lines').textContent = lines.join(' · ');
  const undo = overlay.querySelector('.to-undo');
  undo.hidden = !checkIn;
  undo.href = checkIn ? `${texts.path}?in=${checkIn}` : texts.path;
  if (!overlay.open) {
    overlay.showModal();
  }
  shown += 1;
  sound(tone);
}

overlay.addEventListener('close', () => form.elements.code.focus());
// A scanner that types goes on typing: its next ticket belongs into the field.
overlay.addEventListener('keydown', (event) => {
  if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) {
    overlay.close();
    form.elements.code.focus();
  }
});

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What an answer means, as a word. */
function verdict(status, body) {
  const when = body.at ? [time.format(new Date(body.at)), body.gate] : [];
  if (status === 201) {
    return { word: 'in', who: body.name, lines: [categories[body.category] ?? body.category, ...body.addOns.map((one) => `${one.quantity} × ${one.code}`), body.gate], checkIn: body.id };
  }
  if (body.code === 'already-checked-in') {
    return { word: 'already', who: body.name, lines: when, checkIn: body.id };
  }
  if (body.code === 'not-allowed-now' && body.ticket) {
    const other = body.ticket === 'other-conference';
    return { word: other ? 'not-ours' : body.ticket, lines: [texts[key(`${body.ticket}-text`)]] };
  }
  if (body.code === 'invalid') {
    return { word: 'not-ours', lines: [texts.notOursText] };
  }
  return { word: 'failed', lines: [texts.failedText] };
}

const SEND_MILLIS = 5_000;

async function send({ key: idempotencyKey, ticket, attendee, conference, gate, at }) {
  const answer = await fetch('/api/admin/check-ins', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Idempotency-Key': idempotencyKey },
    body: JSON.stringify({ ticket, attendee, conference, gate, at }),
    signal: AbortSignal.timeout?.(SEND_MILLIS),
  });
  return { status: answer.status, body: await answer.json().catch(() => ({})) };
}

/** What this device says where there is no answer. The scan may have arrived: it is kept under its key. */
async function sayAlone(scan, subject) {
  const { word, text, who, category, attendee, before } = await offline.decide(slug, subject);
  if (word === 'in') {
    await offline.keep({ ...scan, about: attendee });
    return { word, who, lines: [categories[category] ?? '', scan.gate, panel.dataset.kept].filter(Boolean) };
  }
  if (word === 'already') {
    return { word, who, lines: [time.format(new Date(before.at)), before.gate] };
  }
  return { word, who, lines: [text === 'unprepared' ? panel.dataset.unprepared : texts[key(`${text ?? word}-text`)]] };
}

/** Somebody who was scanned here while there was no network, and whose scan is not sent yet; undefined if there is none. */
async function waitingFor(subject) {
  const attendee = offline.attendeeOf(subject);
  return (await offline.scans(slug)).find((one) => one.about === attendee);
}

/** Lets somebody in by {ticket} or {attendee}, at the gate that the form names; resolves to the word that was shown. */
async function admit(subject) {
  const gate = form.elements.gate.value.trim();
  if (!gate) {
    form.elements.gate.reportValidity();
    return undefined;
  }
  const known = offline.isPossible() ? await offline.data(slug) : undefined;
  const before = known && (await waitingFor(subject));
  if (before) {
    const who = (await offline.person(slug, before.about))?.name;
    show({ word: 'already', who, lines: [time.format(new Date(before.at)), before.gate] });
    return 'already';
  }
  const scan = { ...subject, key: newKey(), conference: slug, gate, ...(known && { at: offline.now(known) }) };
  let said;
  try {
    const { status, body } = await send(scan);
    if (status === 401 && !known) {
      location.assign(`/sign-in?to=${encodeURIComponent(texts.path)}`);
      return undefined;
    }
    if ([401, 403, 429].includes(status) || status >= 500) {
      throw new Error(`not decided: ${status}`);
    }
    said = verdict(status, body);
    if (status === 201) {
      offline.noteInside(body);
    }
  } catch {
    said = known ? await sayAlone(scan, subject) : { word: 'failed', lines: [texts.failedText] };
    if (known) {
      renew();
    }
  }
  show(said);
  document.body.dispatchEvent(new Event('door:changed'));
  return said.word;
}

form.elements.gate.addEventListener('change', () => {
  const gate = encodeURIComponent(form.elements.gate.value.trim());
  document.cookie = `door-gate=${gate}; path=${texts.path}; max-age=${GATE_KEPT_SECONDS}; samesite=lax`;
});

/** Whether the server answers in time, whatever it says. */
const isThere = () => fetch('/check-in/worker.js', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout?.(SEND_MILLIS) })
  .then(() => true, () => false);

form.addEventListener('submit', async (event) => {
  const attendee = event.submitter?.name === 'attendee' ? event.submitter.value : '';
  const code = form.elements.code.value.trim();
  if (attendee || TICKET.test(code)) {
    event.preventDefault();
    form.elements.code.value = '';
    admit(attendee ? { attendee } : { ticket: code });
  } else if (code) {
    // What else is typed, the server alone knows; a form that is sent to nobody would leave the browser's own page.
    event.preventDefault();
    if (await isThere()) {
      // A scanner may have typed on meanwhile.
      form.elements.code.value = code;
      form.submit();
    } else {
      await searchHere(code);
      found().scrollIntoView({ block: 'nearest' });
    }
  }
});

// The camera: a code is answered once for as long as it stays in the picture.
const viewfinder = document.getElementById('viewfinder');
const cameraButton = document.getElementById('camera');
const noCamera = document.getElementById('no-camera');
const SEEN_AGAIN_MILLIS = 3_000;
const SHOWN_MILLIS = 1_800;
let closeCamera;
let seen = { text: '', at: 0 };
let busy = false;

async function onText(text) {
  const now = Date.now();
  const again = seen.text === text && now - seen.at < SEEN_AGAIN_MILLIS;
  if (again || !(overlay.open || busy)) {
    seen = { text, at: now };
  }
  if (again || overlay.open || busy) {
    return;
  }
  busy = true;
  try {
    const word = await admit({ ticket: text });
    if (word === 'in') {
      const own = shown;
      setTimeout(() => shown === own && overlay.close(), SHOWN_MILLIS);
    }
  } finally {
    busy = false;
  }
}

function withoutCamera(why) {
  noCamera.textContent = noCamera.dataset[why];
  noCamera.hidden = false;
}

async function toggleCamera() {
  if (closeCamera) {
    closeCamera();
    closeCamera = undefined;
  } else if (form.elements.gate.reportValidity()) {
    try {
      viewfinder.hidden = false;
      closeCamera = await camera.open(viewfinder.querySelector('video'), onText);
    } catch (failure) {
      withoutCamera(failure.name === 'NotAllowedError' ? 'denied' : 'missing');
    }
  }
  viewfinder.hidden = !closeCamera;
  cameraButton.setAttribute('aria-pressed', String(Boolean(closeCamera)));
}

const obstacle = camera.obstacle();
if (obstacle) {
  withoutCamera(obstacle);
} else {
  cameraButton.hidden = false;
  cameraButton.addEventListener('click', toggleCamera);
}

// Without a network: what is known here is renewed as long as there is one, and what waits is sent when there is one again.
const panel = document.getElementById('offline');
const namesWanted = document.getElementById('keep-names');
const found = () => document.getElementById('found');
const RENEW_MILLIS = 10_000;
const REFRESH_MILLIS = 60_000;
const NAMES_RENEW_MILLIS = 3_600_000;
let renewing;
let state = '';
let refreshedAt = 0;
let namesAt = 0;
/** Resolves once the last tick is on disk. */
let asking;
/** Names of those whom contradictions are about, for as long as the server answers; they stay in memory. */
const asked = new Map();

function entry(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

async function showState() {
  const waiting = (await offline.scans(slug)).length;
  panel.querySelector('.state').textContent = panel.dataset[key(state)];
  panel.querySelector('.waiting').textContent = waiting ? panel.dataset.waiting.replace('{0}', waiting) : '';
  panel.querySelector('.to-sign-in').hidden = state !== 'signed-out';
  const all = await offline.contradictions(slug);
  const people = all.length > 0 ? await offline.names(slug) : [];
  panel.querySelector('.contradictions').hidden = all.length === 0;
  panel.querySelector('.contradictions ul').replaceChildren(...all.map((one) => {
    const { word, lines } = verdict(one.status, one.answer);
    const who = people?.find(({ id }) => id === one.about)?.name ?? asked.get(one.about) ?? one.about;
    const item = document.createElement('li');
    if (state === 'online') {
      const link = entry('a', who);
      link.href = `${texts.path}?q=${encodeURIComponent(one.about)}`;
      item.append(link);
    } else {
      item.append(who);
    }
    item.append(['', one.gate, time.format(new Date(one.at)), `${texts[key(word)]}: ${lines.join(', ')}`].join(' · '));
    const button = entry('button', panel.dataset.dismiss);
    button.type = 'button';
    button.className = 'second';
    button.addEventListener('click', () => offline.dismiss(one.key).then(() => showState()));
    item.append(' ', button);
    return item;
  }));
}

function stateAfter(failure) {
  if (failure instanceof offline.SignedOut) {
    return 'signed-out';
  }
  return failure instanceof offline.Forbidden ? 'forbidden' : 'offline';
}

async function askNames() {
  const kept = await offline.names(slug);
  for (const { about } of await offline.contradictions(slug)) {
    if (!asked.has(about) && !kept?.some(({ id }) => id === about)) {
      const name = await offline.nameOf(slug, about);
      // Somebody who registered just now may be unknown still.
      if (name) {
        asked.set(about, name);
      }
    }
  }
}

async function renewOnce() {
  try {
    await offline.sync(slug, send);
    if (state !== 'online' || Date.now() - refreshedAt > REFRESH_MILLIS) {
      await offline.refresh(slug);
      refreshedAt = Date.now();
    }
    await asking;
    if (namesWanted.checked && Date.now() - namesAt > NAMES_RENEW_MILLIS) {
      await offline.keepNames(slug);
      namesAt = Date.now();
    }
    state = 'online';
  } catch (failure) {
    state = stateAfter(failure);
    asked.clear();
    if (state === 'signed-out') {
      await offline.forgetAllNames();
    } else if (state === 'forbidden') {
      await offline.forgetNames(slug);
    }
  }
  await asking;
  if (namesWanted.checked && !(await offline.areNamesWanted(slug))) {
    // They are too old, or for whoever was signed in before.
    namesWanted.checked = false;
  }
  await showState();
  if (state === 'online') {
    // Until the names are known, and if they cannot be, the list has ids.
    await askNames().catch(() => {});
    await showState();
  }
}

function renew() {
  renewing ??= renewOnce().finally(() => { renewing = undefined; });
  return renewing;
}

async function tickNames() {
  namesAt = 0;
  if (namesWanted.checked) {
    asking = offline.wantNames(slug).catch(() => {});
    await renewing;
    await renew();
  } else {
    await asking;
    await offline.forgetNames(slug);
    // A renewal may have been about to put them back.
    await renewing;
    if (!namesWanted.checked) {
      await offline.forgetNames(slug);
    }
  }
}

/** Shows who is found among the names that are kept, or why nobody is. */
async function searchHere(typed) {
  const kept = offline.isPossible() ? await offline.names(slug) : undefined;
  const people = offline.search(kept ?? [], typed);
  if (people.length === 0) {
    const nobody = entry('p', kept ? panel.dataset.nobody : panel.dataset.noNames);
    nobody.className = 'empty';
    found().replaceChildren(nobody);
    return;
  }
  const list = document.createElement('ul');
  list.className = 'plain';
  list.append(...people.map(({ id, name, category }) => {
    const item = document.createElement('li');
    item.className = 'card';
    const button = entry('button', panel.dataset.letIn);
    Object.assign(button, { type: 'submit', name: 'attendee', value: id, formNoValidate: true });
    button.setAttribute('form', 'scan');
    item.append(entry('strong', name), entry('p', categories[category] ?? category), button);
    return item;
  }));
  found().replaceChildren(list);
}

async function prepare() {
  panel.hidden = false;
  namesWanted.addEventListener('change', tickNames);
  namesWanted.checked ||= await offline.areNamesWanted(slug);
  document.getElementById('sign-out').addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await offline.forgetAllNames();
    } finally {
      event.target.submit();
    }
  });
  const filters = document.querySelector('.filters');
  for (const failure of ['htmx:sendError', 'htmx:responseError', 'htmx:timeout']) {
    filters.addEventListener(failure, () => searchHere(filters.elements.q.value));
  }
  // Whose session has ended goes on scanning, and signs in when there is time: no part may load the whole page again for it.
  document.body.addEventListener('htmx:beforeOnLoad', (event) => {
    if (event.detail.xhr.status === 401) {
      event.preventDefault();
      renew();
    }
  });
  window.addEventListener('online', renew);
  window.addEventListener('offline', () => { state = 'offline'; asked.clear(); showState(); });
  setInterval(renew, RENEW_MILLIS);
  await renew();
  await offline.keepPage(texts.path).catch(() => {});
  panel.dataset.prepared = 'true';
}

if (offline.isPossible()) {
  prepare();
}
