'use strict';
window.addEventListener('DOMContentLoaded', () => {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', follow);
  follow();

  SwaggerUIBundle({
    url: '/api/openapi.json',
    dom_id: '#api',
    deepLinking: true,
    validatorUrl: null,
    // Groups are expanded and calls collapsed; the schemas at the end of the page are collapsed, too.
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    defaultModelExpandDepth: 2,
    operationsSorter: 'alpha',
    displayRequestDuration: true,
  });
});
