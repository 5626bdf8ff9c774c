// Checks the contracts: AsyncAPI's own parser finds nothing wrong, every schema is one, and the page for people, which is built
// into contracts/target/messages.md, names every message and has no dead link.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parse, readSchemas, validatorOf } from './contracts.mjs';
import { deadLinks, page } from './page.mjs';

const PAGE = new URL('../target/messages.md', import.meta.url);
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
  mkdirSync(new URL('.', PAGE), { recursive: true });
  writeFileSync(PAGE, made);
  document.allMessages().all().filter((message) => !made.includes(`\`${message.name()}\``))
    .forEach((message) => wrong.push(`messages.md does not name ${message.name()}`));
  deadLinks(made).forEach((link) => wrong.push(`messages.md links to ${link}, which is no heading of it`));
}
wrong.forEach((line) => console.error(line));
process.exitCode = document && wrong.length === 0 ? 0 : 1;
