'use strict';
// Business time belongs to registration-service. The browser asks for it, as services do not call each other.
(async () => {
  const clock = document.getElementById('clock');
  try {
    const answer = await fetch('/api/rehearsal/clock', { headers: { Accept: 'application/json' }, cache: 'no-store' });
    if (answer.ok) {
      const { now } = await answer.json();
      const time = clock.querySelector('time');
      time.dateTime = now;
      // As on all pages: February 2, 2026, 5:18 PM UTC. A payment does not know its conference's zone.
      const as = (style) => new Date(now).toLocaleString(document.documentElement.lang, { ...style, timeZone: 'UTC' });
      time.textContent = `${as({ dateStyle: 'long' })}, ${as({ timeStyle: 'short' })} UTC`;
      clock.hidden = false;
    }
  } catch {
    // The page is whole without it.
  }
})();
