'use strict';
// Error handling and polling of parts that load by themselves. If a request for a part fails, a message appears above what the part shows:
// the link to it, or its last content. A part that polls is not replaced while its reader is in it, because focus and opened details would
// be lost. A table that was merely clicked has the focus as well, but replacing it loses nothing.
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
    const focused = document.activeElement;
    const isUsed = part.contains(focused) && focused.matches(':not([role=region]), :focus-visible');
    if (part.matches('[data-live]') && (isUsed || part.querySelector('details[open]'))) {
      event.detail.shouldSwap = false;
    }
  });
})();
