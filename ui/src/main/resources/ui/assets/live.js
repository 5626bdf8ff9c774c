'use strict';
// A part that does not answer says so in its own place, above what stands there: the link to it, or what it showed last. One that loads
// itself again and again stays as it is while its reader is in it: what has the focus or is unfolded would be lost.
(() => {
  const say = (event) => {
    const part = event.detail.target.closest('[data-failed]');
    if (part && !part.querySelector('.notice.bad')) {
      const said = document.createElement('p');
      said.className = 'notice bad';
      said.setAttribute('role', 'status');
      said.textContent = part.dataset.failed;
      part.prepend(said);
    }
  };
  for (const failure of ['htmx:responseError', 'htmx:sendError', 'htmx:timeout']) {
    document.addEventListener(failure, say);
  }
  document.addEventListener('htmx:beforeSwap', (event) => {
    const part = event.detail.target;
    if (part.matches('[data-live]') && (part.contains(document.activeElement) || part.querySelector('details[open]'))) {
      event.detail.shouldSwap = false;
    }
  });
})();
