'use strict';
// A part that does not answer says so in its own place, above what stands there: the link to it, or what it showed last.
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
})();
