'use strict';
// Asks how the place stands when the gateway said to, and moves the line by its pace in between. After a draw it computes the place
// from the published seed, and asks for it when that is called.
(() => {
  const line = document.getElementById('line');
  const words = line.dataset;
  const api = `/api/waiting-room/${words.conference}`;
  const show = (id, text) => {
    const element = document.getElementById(id);
    if (element.textContent !== text) element.textContent = text;
  };
  const fill = (text, ...values) => values.reduce((filled, value, i) => filled.replace(`%${i + 1}`, value), text);
  const seconds = () => performance.now() / 1000;
  const random = (most) => Math.random() * most;

  // The place as it was last known: people before it, seconds left, and when that was.
  let known = null;
  // In a draw that was held: the place among those who gathered.
  let drawn = null;
  let due = 0;
  let lastSaid = -Infinity;
  let stateAt = seconds();
  // The state is asked for as seldom as the place, so that the polls stay bounded.
  let pause = Number(words.poll);

  const when = (left) => {
    const from = Math.floor(Math.max(0, 0.75 * left - 5) / 60);
    const to = Math.ceil((1.35 * left + 15) / 60);
    return to <= 1 ? words.soon : fill(words.range, from, to);
  };

  const draw = () => {
    if (!known) return;
    const gone = Math.min(1, (seconds() - known.at) / Math.max(known.left, 1));
    const ahead = Math.ceil(known.ahead * (1 - gone)).toLocaleString(document.documentElement.lang);
    const turn = when(known.left * (1 - gone));
    show('ahead', ahead);
    show('when', turn);
    const text = fill(words.said, ahead, turn);
    if (seconds() - lastSaid >= 30) {
      show('said', text);
      lastSaid = seconds();
    }
  };

  const get = async (path) => {
    const answer = await fetch(path, { headers: { Accept: 'application/json' }, cache: 'no-store' });
    return { status: answer.status, body: answer.ok ? await answer.json() : null };
  };

  const look = async () => {
    const { status, body } = await get(`${api}/place`);
    if (status === 403) {
      location.replace('?again');
    } else if (!body) {
      due = seconds() + 10 + random(10);
    } else if (body.state !== 'waiting') {
      location.replace('?again');
    } else {
      if (body.position !== null) {
        known = { ahead: body.position - 1, left: (body.estimate.toSeconds - 15) / 1.35, at: seconds() };
      }
      pause = body.pollAfterSeconds;
      due = seconds() + pause;
    }
  };

  // Decision 0051 and the class Draw say how.
  const round = async (seed, number, half) => {
    const bytes = new TextEncoder().encode(`${seed}:${number}:${half}`);
    return new DataView(await crypto.subtle.digest('SHA-256', bytes)).getUint32(0);
  };
  const permuted = async (seed, number, bits) => {
    const size = 2 ** bits;
    let left = Math.floor(number / size);
    let right = number % size;
    for (let i = 0; i < 8; i++) {
      const mixed = (left ^ ((await round(seed, i, right)) % size)) >>> 0;
      [left, right] = [right, mixed];
    }
    return left * size + right;
  };
  const position = async ({ seed, early }, number) => {
    if (number >= early) return number;
    const bits = Math.floor(((early - 1 || 1).toString(2).length + 1) / 2);
    let place = number;
    do place = await permuted(seed, place, bits); while (place >= early);
    return place;
  };

  const state = async () => {
    stateAt = seconds();
    const { body } = await get(api);
    if (!body) return null;
    show('seats', words[body.seats] ?? '');
    if (body.state !== 'gathering') {
      show('note', body.state === 'paused' ? words.paused : body.seats === 'none' ? words.over : '');
    }
    return body;
  };

  const afterDraw = async () => {
    const body = await state();
    if (!body?.draw?.seed || !globalThis.crypto?.subtle) {
      // Not held yet, or the browser cannot compute it: everybody asks at a moment of the first minute.
      due = seconds() + 5 + random(55);
      return globalThis.crypto?.subtle ? undefined : look();
    }
    drawn ??= await position(body.draw, Number(words.gathered));
    if (body.called > drawn) return look();
    const left = (drawn - body.called) / (body.perSecond || 1);
    known = { ahead: drawn - body.called, left, at: seconds() };
    due = seconds() + (left > 1800 ? left / 6 : Math.min(120, Math.max(3, left / 2)));
  };

  const ask = async () => {
    due = Infinity;
    try {
      await (words.drawIn ? afterDraw() : look());
    } catch {
      due = seconds() + 10 + random(20);
    }
  };

  if (words.drawIn) {
    due = seconds() + Number(words.drawIn) + random(10);
  } else {
    known = { ahead: Number(words.position) - 1, left: (Number(words.to) - 15) / 1.35, at: seconds() };
    due = seconds() + Number(words.poll);
  }
  setInterval(() => {
    draw();
    if (seconds() >= due) {
      ask();
    } else if (seconds() - stateAt >= Math.max(30, pause) && document.visibilityState === 'visible') {
      state().catch(() => {});
    }
  }, 1000);
})();
