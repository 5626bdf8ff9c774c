// Has Lighthouse rate each page five times on a slow phone, and prints the medians: `npm install && node measure.mjs`.
// The system runs already (`./run`); ORGANISER_PASSWORD is the one that it printed. Ends with 1 if a median is below 95.
import * as chromeLauncher from 'chrome-launcher';
import lighthouse from 'lighthouse';

const GATEWAY = process.env.GATEWAY ?? 'http://localhost:8080';
const PASSWORD = process.env.ORGANISER_PASSWORD;
const SLUG = 'mlsys-2026';
const ROUNDS = 5;
// A page is loaded again if Lighthouse could not record it, which it sometimes cannot.
const ATTEMPTS = 3;
const GOAL = 95;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];

/** The cookie of somebody who signs in as a browser does. */
async function signIn() {
  const answer = await fetch(`${GATEWAY}/sign-in`, {
    method: 'POST',
    headers: { Origin: GATEWAY },
    body: new URLSearchParams({ username: 'organiser', password: PASSWORD, to: '/desk' }),
    redirect: 'manual',
  });
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('staff='));
  if (!cookie) {
    throw new Error(`no session: ${answer.status}; is ORGANISER_PASSWORD the one that ./run printed?`);
  }
  return cookie.split(';')[0];
}

/** Somebody who has not paid yet. */
async function register() {
  const email = `ada.${Date.now()}@example.org`;
  const answer = await fetch(`${GATEWAY}/api/conferences/${SLUG}/registrations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `lighthouse-${email}` },
    body: JSON.stringify({
      contact: { name: 'Ada Lovelace', email, locale: 'en' },
      attendees: [{ category: 'academic', givenName: 'Ada', familyName: 'Lovelace', email }],
      acceptedCodeOfConduct: true,
    }),
  });
  if (answer.status !== 201) {
    throw new Error(`not registered: ${answer.status} ${await answer.text()}`);
  }
  return (await answer.json()).id;
}

async function load(port, path, cookie) {
  for (let attempt = 1; ; attempt++) {
    const { lhr } = await lighthouse(`${GATEWAY}${path}`, {
      port,
      onlyCategories: CATEGORIES,
      extraHeaders: cookie ? { Cookie: cookie } : {},
      logLevel: 'error',
    });
    if (!lhr.runtimeError) {
      return lhr;
    }
    console.error(`${path}: ${lhr.runtimeError.message}`);
    if (attempt === ATTEMPTS) {
      throw new Error(`${path} could not be rated in ${ATTEMPTS} attempts`);
    }
  }
}

async function rate(port, path, cookie) {
  const lhr = await load(port, path, cookie);
  if (new URL(lhr.finalDisplayedUrl).pathname !== path) {
    throw new Error(`${path} leads to ${lhr.finalDisplayedUrl}`);
  }
  return {
    scores: CATEGORIES.map((category) => Math.round(lhr.categories[category].score * 100)),
    bytes: lhr.audits['total-byte-weight'].numericValue,
    faults: Object.values(lhr.audits)
      .filter(({ score, scoreDisplayMode }) => scoreDisplayMode === 'binary' && score === 0)
      .map(({ id }) => id),
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

if (!PASSWORD) {
  throw new Error('ORGANISER_PASSWORD is not set: export the one that ./run printed');
}
const cookie = await signIn();
const desk = `/desk/${SLUG}`;
const one = `${desk}/registrations/${await register()}`;
const pages = [
  ['/'],
  [`/conferences/${SLUG}`],
  [`/conferences/${SLUG}/register`],
  ['/sign-in'],
  [desk, cookie],
  [`${desk}/registrations`, cookie],
  [one, cookie],
  [`${one}/refund`, cookie],
  [`${desk}/needs`, cookie],
  [`${desk}/proofs`, cookie],
  [`${desk}/transfers`, cookie],
  [`${desk}/exports`, cookie],
  [`${desk}/money`, cookie],
  [`${desk}/mails`, cookie],
  [`${desk}/audit`, cookie],
  [`/check-in/${SLUG}`, cookie],
];
const chrome = await chromeLauncher.launch({ chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
try {
  const rounds = pages.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, page] of pages.entries()) {
      rounds[index].push(await rate(chrome.port, ...page));
    }
  }
  console.log(`| page | ${CATEGORIES.join(' | ')} | kB |\n| --- | ---: | ---: | ---: | ---: |`);
  for (const [index, [path]] of pages.entries()) {
    const runs = rounds[index];
    const scores = CATEGORIES.map((_, category) => median(runs.map((run) => run.scores[category])));
    const bytes = median(runs.map((run) => run.bytes));
    const faults = [...new Set(runs.flatMap((run) => run.faults))];
    const name = path.replace(/[0-9a-f-]{36}/, '{id}');
    console.log(`| \`${name}\` | ${scores.join(' | ')} | ${(bytes / 1000).toFixed(1)} |${faults.map((id) => ` ${id}`).join('')}`);
    if (scores.some((score) => score < GOAL)) {
      process.exitCode = 1;
    }
  }
} finally {
  chrome.kill();
}
