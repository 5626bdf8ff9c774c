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
      time.textContent = new Date(now).toLocaleString(document.documentElement.lang, {
        year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit',
        timeZone: 'UTC', timeZoneName: 'short',
      });
      clock.hidden = false;
    }
  } catch {
    // The page is whole without it.
  }
})();
