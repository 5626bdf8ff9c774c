'use strict';
// Business time belongs to registration-service. The browser asks for it, as services do not call each other.
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

// A mail is shown in its whole length; without this script its frame scrolls.
(() => {
  const frame = document.getElementById('html');
  if (!frame) {
    return;
  }
  const fit = () => {
    const mail = frame.contentDocument?.documentElement;
    if (mail) {
      frame.style.height = '0';
      frame.style.height = `${mail.scrollHeight + frame.offsetHeight - frame.clientHeight}px`;
    }
  };
  frame.addEventListener('load', fit);
  window.addEventListener('resize', fit);
  fit();
})();
