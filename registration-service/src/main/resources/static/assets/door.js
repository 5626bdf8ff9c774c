// The door's page where scripts run: a ticket is answered by a word on the whole screen, in its colour, with a tone. What this does not
// answer goes to the server as the form's own.
import * as camera from './door-camera.js';

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

async function send(scan) {
  const { key: idempotencyKey, ...body } = scan;
  const answer = await fetch('/api/admin/check-ins', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Idempotency-Key': idempotencyKey },
    body: JSON.stringify({ ...body, conference: slug }),
  });
  return { status: answer.status, body: await answer.json().catch(() => ({})) };
}

/** Lets somebody in by {ticket} or {attendee}, at the gate that the form names; resolves to the word that was shown. */
async function admit(subject) {
  const gate = form.elements.gate.value.trim();
  if (!gate) {
    form.elements.gate.reportValidity();
    return undefined;
  }
  let said;
  try {
    const { status, body } = await send({ ...subject, gate, key: newKey() });
    if (status === 401) {
      location.assign(`/sign-in?to=${encodeURIComponent(texts.path)}`);
      return undefined;
    }
    said = verdict(status, body);
  } catch {
    said = { word: 'failed', lines: [texts.failedText] };
  }
  show(said);
  document.body.dispatchEvent(new Event('door:changed'));
  return said.word;
}

form.elements.gate.addEventListener('change', () => {
  const gate = encodeURIComponent(form.elements.gate.value.trim());
  document.cookie = `door-gate=${gate}; path=${texts.path}; max-age=${GATE_KEPT_SECONDS}; samesite=lax`;
});

form.addEventListener('submit', (event) => {
  const attendee = event.submitter?.name === 'attendee' ? event.submitter.value : '';
  const code = form.elements.code.value.trim();
  if (attendee || TICKET.test(code)) {
    event.preventDefault();
    form.elements.code.value = '';
    admit(attendee ? { attendee } : { ticket: code });
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
      setTimeout(() => overlay.close(), SHOWN_MILLIS);
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
