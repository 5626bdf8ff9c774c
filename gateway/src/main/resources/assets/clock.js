'use strict';
// Business time belongs to registration-service, which may be away while this page is shown. The browser asks for it.
(async () => {
  const clock = document.getElementById('clock');
  try {
    const answer = await fetch('/api/rehearsal/clock', { headers: { Accept: 'application/json' }, cache: 'no-store' });
    if (answer.ok) {
      const { now } = await answer.json();
      const time = clock.querySelector('time');
      const language = document.documentElement.lang;
      const part = (style) => new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' }).format(new Date(now));
      time.dateTime = now;
      time.textContent = `${part({ dateStyle: 'long' })}, ${part({ timeStyle: 'short' })} UTC`;
      clock.hidden = false;
    }
  } catch {
    // The page is whole without it.
  }
})();
