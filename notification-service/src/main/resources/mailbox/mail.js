'use strict';
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
