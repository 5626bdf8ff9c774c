'use strict';
// Sends a form again that came at a busy moment, unless it is changed meanwhile.
(() => {
  const again = document.getElementById('again');
  const register = document.querySelector('button[name="action"][value="register"]');
  if (!again || !register) {
    return;
  }
  again.textContent = again.dataset.byItself;
  again.hidden = false;
  const timer = setTimeout(() => register.click(), 1000 * Number(again.dataset.seconds));
  register.form.addEventListener('input', () => {
    clearTimeout(timer);
    again.hidden = true;
  });
})();
