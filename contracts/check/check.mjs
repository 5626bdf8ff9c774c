// Checks the contracts: AsyncAPI's own parser finds nothing wrong, every schema is one, and docs/messages.md is made of them.
// With --write it makes that page.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, readSchemas, validatorOf } from './contracts.mjs';
import { page } from './page.mjs';

const PAGE = new URL('../../docs/messages.md', import.meta.url);
const WARNING = 1;

const { document, diagnostics } = await parse();
const wrong = diagnostics.filter(({ severity }) => severity <= WARNING)
  .map(({ message, path, source, range }) => `${source ?? ''}:${range.start.line + 1} ${path.join('/')}: ${message}`);

const schemas = readSchemas();
if (wrong.length === 0) {
  try {
    const validator = validatorOf(schemas);
    schemas.forEach(({ $id }) => validator.getSchema($id));
  } catch (error) {
    wrong.push(error.message);
  }
}

if (document && wrong.length === 0) {
  const made = page(document, schemas);
  if (process.argv.includes('--write')) {
    writeFileSync(PAGE, made);
  } else if (readFileSync(PAGE, 'utf8') !== made) {
    wrong.push('docs/messages.md is not what the contracts make of it: run node contracts/check/check.mjs --write');
  }
}
wrong.forEach((line) => console.error(line));
process.exitCode = document && wrong.length === 0 ? 0 : 1;
