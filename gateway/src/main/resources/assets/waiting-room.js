'use strict';
// Shows how a place advances: polls its standing when the gateway says so, and moves it by the line's pace between two polls. After a draw
// the script computes the position from the published seed, and polls once that position is called.
(() => {
  const line = document.getElementById('line');
  const words = line.dataset;
  const api = `/api/waiting-room/${words.conference}`;
  const title = document.title;
  // The number in the draw. NaN for pages that were loaded before people gathered and therefore do not know it.
  const number = words.gathered === '' ? NaN : Number(words.gathered);
  const show = (id, text) => {
    const element = document.getElementById(id);
    if (element.textContent !== text) element.textContent = text;
  };
  const fill = (text, ...values) => values.reduce((filled, value, i) => filled.replace(`%${i + 1}`, value), text);
  // Not performance.now(), which stops on some devices while they sleep.
  const seconds = () => Date.now() / 1000;
  const random = (most) => Math.random() * most;

  // The last known standing: people ahead, seconds left, and the time of the poll. Null before a draw.
  let known = null;
  // The time of the draw; null if the place does not depend on a draw, or no longer.
  let drawAt = null;
  // Why nobody is called: the text in place of the waiting time, and the sentence. Empty while people are called.
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

  // The server decides what comes next: the form, or a page that says what became of the place.
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
      // Pages far behind poll seldom, pages near the front often, so this adds little to the load that the gateway planned.
      if (now - stateAt >= 60) await state();
    }
  };

  const awaitDraw = (left, poll) => {
    const now = seconds();
    known = null;
    drawAt = now + left;
    // A number tells how many people have gathered at least. Polls are spread so that about 300 pages poll in a second.
    due = Math.min(now + poll, drawAt + 2 + random(number >= 0 ? Math.min(60, 5 + number / 300) : 60));
  };

  // Decision 0051 and the class Draw describe the algorithm.
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
    // The draw was postponed or cancelled, or the browser cannot compute the position.
    if (!body.draw?.seed || !(number < body.draw.early) || !globalThis.crypto?.subtle) return look();
    const drawn = await position(body.draw);
    if (body.called > drawn) return look();
    const left = (drawn - body.called) / (body.perSecond ?? 1);
    known = { ahead: drawn - body.called, left, at: seconds() };
    if (body.state === 'gathering') {
      // In the seconds after a draw the room waits for the state of the sale.
      due = seconds() + 3 + random(3);
      return;
    }
    // While nobody is called there is no pace to plan by, and the line may move on at any time.
    const interval = left > 1800 ? left / 6 : Math.min(240, Math.max(3, left / 2));
    due = seconds() + (held || !body.perSecond ? 30 + random(30) : interval);
  };

  const ask = async () => {
    due = Infinity;
    try {
      await (drawAt !== null && seconds() >= drawAt ? afterDraw() : look());
      failures = 0;
    } catch (answer) {
      // The cookie is missing, or holds a place of another room.
      if (answer.status === 401 || answer.status === 403) return goOn();
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
