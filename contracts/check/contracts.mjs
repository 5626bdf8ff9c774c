// The contracts as files, the AsyncAPI document as AsyncAPI's own parser reads it, and a validator of what the schemas say.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromFile, Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const FOLDER = new URL('../src/main/resources/contracts/', import.meta.url);

/** Every schema, by the name of its file. */
export function readSchemas() {
  const folder = new URL('schemas/', FOLDER);
  return new Map(readdirSync(folder).sort().map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))]));
}

/** An example of a type, as text. */
export function readExample(type, name) {
  return readFileSync(new URL(`examples/${type}/${name}.json`, FOLDER), 'utf8');
}

/**
 * A validator that knows every schema by its `$id`.
 *
 * @throws Error if one is no schema, or has a keyword that does not exist
 */
export function validatorOf(schemas) {
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
  formats.default(ajv);
  // The parser's own mark on every schema that it hands out.
  ajv.addKeyword('x-parser-schema-id');
  for (const schema of schemas.values()) {
    ajv.addSchema(schema);
  }
  return ajv;
}

/** What the parser makes of the document, and what it says of it. It does not look into the schemas: the validator does. */
export async function parse() {
  return fromFile(new Parser(), fileURLToPath(new URL('asyncapi.yaml', FOLDER))).parse();
}

/** The schema that the document binds to a message's body or headers: what was published under that `$id`. */
export function idOf(schemaOfMessage) {
  const schema = schemaOfMessage.json();
  return (schema.schema ?? schema).$id;
}
