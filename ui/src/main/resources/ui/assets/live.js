'use strict';
// A part that does not answer says so in its own place, and is asked again in its own time.
(() => {
  const say = (event) => {
    const part = event.detail.target.closest('[data-failed]');
    if (part) {
      const said = document.createElement('p');
      said.className = 'notice bad';
      said.setAttribute('role', 'status');
      said.textContent = part.dataset.failed;
      part.replaceChildren(said);
    }
  };
  for (const failure of ['htmx:responseError', 'htmx:sendError', 'htmx:timeout']) {
    document.addEventListener(failure, say);
  }
})();
