'use strict';
// Keyboard use of pages for staff: "/" moves to the search, arrow keys move from it through the rows of the list, and Enter opens a row's
// link. At sign-out, personal data stored in this browser is deleted: the caches whose names begin with "personal-".
(() => {
  const rows = () => [...document.querySelectorAll('main tbody th a')];
  const isTyping = (element) => element.matches('input, select, textarea, [contenteditable]');

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) {
      return;
    }
    const search = document.querySelector('main input[type=search]');
    const active = document.activeElement;
    if (event.key === '/' && search && !isTyping(active)) {
      event.preventDefault();
      search.focus();
      search.select();
      return;
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') {
      return;
    }
    const links = rows();
    const at = links.indexOf(active);
    if (at < 0 && active !== search) {
      return;
    }
    const to = at + (event.key === 'ArrowDown' ? 1 : -1);
    const next = to === -1 ? search : links[to];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });

  document.addEventListener('submit', async (event) => {
    if (event.target.matches('[action="/sign-out"]') && 'caches' in window) {
      event.preventDefault();
      try {
        const names = await caches.keys();
        await Promise.all(names.filter((name) => name.startsWith('personal-')).map((name) => caches.delete(name)));
      } finally {
        event.target.submit();
      }
    }
  });
})();
