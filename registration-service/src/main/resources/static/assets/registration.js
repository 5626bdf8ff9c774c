'use strict';
// Keeps a registration's page true: listens to its stream and exchanges the parts that have changed.
(() => {
  const live = document.getElementById('live');
  const parts = ['live-status', 'live-next', 'live-proof', 'live-price', 'live-people', 'live-timeline'];
  let revision = live.dataset.revision;

  // The mail about a change goes out a little after it and makes no event of its own.
  const LATER = [3000, 10000];
  const COUNT_EVERY = 5000;
  const REFUSED_FOR = [8000, 12000];

  // Returns whether the page may still be asked for.
  async function refresh() {
    let fresh;
    try {
      const answer = await fetch(live.dataset.page, { headers: { Accept: 'text/html' }, cache: 'no-store' });
      if (!answer.ok) {
        return answer.status !== 401;
      }
      fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    } catch {
      return true;
    }
    const freshLive = fresh.getElementById('live');
    if (!freshLive) {
      return true;
    }
    revision = freshLive.dataset.revision;
    for (const id of parts) {
      exchange(document.getElementById(id), fresh.getElementById(id));
    }
    document.title = fresh.title;
    countDown();
    return true;
  }

  function exchange(part, fresh) {
    if (part.dataset.shown === undefined) {
      part.dataset.shown = part.innerHTML;
    }
    if (part.dataset.shown === fresh.innerHTML) {
      return;
    }
    const focused = [...part.querySelectorAll('a, button')].indexOf(document.activeElement);
    part.dataset.shown = fresh.innerHTML;
    part.innerHTML = fresh.innerHTML;
    if (focused >= 0) {
      (part.querySelectorAll('a, button')[focused] ?? part).focus();
    }
  }

  // The same words as the page's own: hours and minutes, or days and hours where it is long. Minutes that have begun count.
  function inWords(minutes) {
    const of = (count, unit) =>
      new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
    const parts = minutes < 48 * 60
      ? [[Math.floor(minutes / 60), 'hour'], [minutes % 60, 'minute']]
      : [[Math.floor(minutes / 1440), 'day'], [Math.floor(minutes / 60) % 24, 'hour']];
    return parts.filter(([count]) => count > 0).map(([count, unit]) => of(count, unit)).join(' ') || of(0, 'minute');
  }

  function countDown() {
    for (const left of document.querySelectorAll('[data-seconds-left]')) {
      left.dataset.endsAt ??= String(performance.now() + 1000 * Number(left.dataset.secondsLeft));
      const minutes = Math.max(0, Math.ceil((Number(left.dataset.endsAt) - performance.now()) / 60000));
      const text = left.dataset.text.replace('{}', inWords(minutes));
      if (left.textContent !== text) {
        left.textContent = text;
      }
    }
  }

  // A browser opens a stream again that has broken off, and none that was refused: meanwhile this page is loaded now and then.
  function listen() {
    const stream = new EventSource(live.dataset.stream);
    stream.addEventListener('status', (event) => {
      if (event.lastEventId !== revision) {
        refresh();
        LATER.forEach((milliseconds) => setTimeout(refresh, milliseconds));
      }
    });
    stream.addEventListener('error', async () => {
      if (stream.readyState === EventSource.CLOSED && (await refresh())) {
        const [least, most] = REFUSED_FOR;
        setTimeout(listen, least + (most - least) * Math.random());
      }
    });
  }

  listen();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') {
      refresh();
    }
  });
  LATER.forEach((milliseconds) => setTimeout(refresh, milliseconds));
  // A payment that is not reported in the usual time makes no event, either.
  if (live.dataset.confirmingSeconds) {
    setTimeout(refresh, 1000 * Number(live.dataset.confirmingSeconds));
  }
  setInterval(countDown, COUNT_EVERY);
  countDown();
})();
