'use strict';
// Follows a place: asks how it stands when the gateway said to, and moves the line by its pace in between. After a draw it computes the
// place from the published seed, and asks for it once that is called.
(() => {
  const line = document.getElementById('line');
  const words = line.dataset;
  const api = `/api/waiting-room/${words.conference}`;
  const title = document.title;
  // NaN for those who were here before people gathered: they do not know their number.
  const number = words.gathered === '' ? NaN : Number(words.gathered);
  const show = (id, text) => {
    const element = document.getElementById(id);
    if (element.textContent !== text) element.textContent = text;
  };
  const fill = (text, ...values) => values.reduce((filled, value, i) => filled.replace(`%${i + 1}`, value), text);
  // Not performance.now(), which stands still while some devices sleep.
  const seconds = () => Date.now() / 1000;
  const random = (most) => Math.random() * most;

  // How the place stood last: people ahead, seconds left, and when that was. Null before a draw.
  let known = null;
  // When the draw is held; null where the place does not depend on one any more.
  let drawAt = null;
  // Of those who gathered, the place that was drawn.
  let drawn = null;
  // Why nobody is called: what stands for the time, and the sentence. Empty while somebody is.
  let held = words.held;
  let note = document.getElementById('note').textContent;
  let failures = 0;
  let due = 0;
  let stateAt = seconds();
  let saidAt = seconds();

  const when = (left) => {
    const from = Math.floor(Math.max(0, 0.75 * left - 5) / 60);
    const to = Math.ceil((1.35 * left + 15) / 60);
    if (to <= 1) return words.soon;
    return from < 1 ? fill(words.within, to) : fill(words.range, from, to);
  };

  const draw = () => {
    let ahead = words.undrawn;
    let turn;
    if (known) {
      const gone = held ? 0 : Math.min(1, (seconds() - known.at) / Math.max(known.left, 1));
      ahead = Math.ceil(known.ahead * (1 - gone)).toLocaleString(document.documentElement.lang);
      turn = held || when(known.left * (1 - gone));
    } else {
      const left = drawAt - seconds();
      turn = left > 0 ? fill(words.afterDraw, Math.ceil(left / 60)) : words.drawing;
    }
    const sentence = failures > 1 ? words.away : note;
    show('ahead', ahead);
    show('when', turn);
    show('note', sentence);
    document.title = `${turn} – ${title}`;
    if (seconds() - saidAt >= 30) {
      show('said', `${sentence} ${fill(words.said, ahead, turn)}`.trim());
      saidAt = seconds();
    }
  };

  const get = async (path) => {
    const answer = await fetch(path, {
      headers: { Accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout?.(15_000),
    });
    if (!answer.ok) throw answer;
    return answer.json();
  };

  // The server leads on from here: to the form, or to what became of the place.
  const goOn = () => location.replace('?again');

  const state = async () => {
    stateAt = seconds();
    const body = await get(api);
    show('seats', words[body.seats] ?? '');
    if (body.state !== 'gathering') {
      const why = body.state === 'paused' ? 'paused' : body.seats === 'none' ? 'over' : '';
      held = why && words[`${why}When`];
      note = why && words[why];
    }
    return body;
  };

  const look = async () => {
    const body = await get(`${api}/place`);
    if (body.state !== 'waiting') return goOn();
    const now = seconds();
    if (body.position === null) {
      awaitDraw(body.estimate.fromSeconds, body.pollAfterSeconds);
    } else {
      drawAt = null;
      known = { ahead: body.position - 1, left: (body.estimate.toSeconds - 15) / 1.35, at: now };
      due = now + body.pollAfterSeconds;
      // Those who are far behind ask seldom, those who are near ask often: this adds little to what the gateway planned.
      if (now - stateAt >= 60) await state();
    }
  };

  const awaitDraw = (left, poll) => {
    const now = seconds();
    known = null;
    drawAt = now + left;
    // Whoever has a high number knows how many gathered at least: about 300 of them ask in a second.
    due = Math.min(now + poll, drawAt + 2 + random(number >= 0 ? Math.min(60, 5 + number / 300) : 60));
  };

  // Decision 0051 and the class Draw say how.
  const round = async (seed, i, half) => {
    const bytes = new TextEncoder().encode(`${seed}:${i}:${half}`);
    return new DataView(await crypto.subtle.digest('SHA-256', bytes)).getUint32(0);
  };
  const permuted = async (seed, place, bits) => {
    const size = 2 ** bits;
    let left = Math.floor(place / size);
    let right = place % size;
    for (let i = 0; i < 8; i++) {
      const mixed = (left ^ ((await round(seed, i, right)) % size)) >>> 0;
      [left, right] = [right, mixed];
    }
    return left * size + right;
  };
  const position = async ({ seed, early }) => {
    const bits = Math.floor((Math.max(1, early - 1).toString(2).length + 1) / 2);
    let place = number;
    do place = await permuted(seed, place, bits); while (place >= early);
    return place;
  };

  const afterDraw = async () => {
    const body = await state();
    // Put off or taken back, or the browser cannot compute it.
    if (!body.draw?.seed || !(number < body.draw.early) || !globalThis.crypto?.subtle) return look();
    drawn ??= await position(body.draw);
    if (body.called > drawn) return look();
    const left = (drawn - body.called) / (body.perSecond ?? 1);
    known = { ahead: drawn - body.called, left, at: seconds() };
    // While nobody is called there is no pace to go by, and the line may move on at any time.
    const interval = left > 1800 ? left / 6 : Math.min(240, Math.max(3, left / 2));
    due = seconds() + (held || !body.perSecond ? 30 + random(30) : interval);
  };

  const ask = async () => {
    due = Infinity;
    try {
      await (drawAt !== null && seconds() >= drawAt ? afterDraw() : look());
      failures = 0;
    } catch (answer) {
      if (answer.status === 403) return goOn();
      failures++;
      due = seconds() + 10 + random(20);
    }
  };

  if (words.drawIn) {
    awaitDraw(Number(words.drawIn), Number(words.poll));
  } else {
    known = { ahead: Number(words.position) - 1, left: (Number(words.to) - 15) / 1.35, at: seconds() };
    due = seconds() + Number(words.poll);
  }
  draw();
  setInterval(() => {
    draw();
    if (seconds() >= due) ask();
  }, 1000);
})();
