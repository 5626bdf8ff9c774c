// The page that shows the messages to people: Markdown, made of the parsed AsyncAPI document, the schemas and the examples.
import { idOf, readExample } from './contracts.mjs';

const COMMON = 'common.json';
const HEADERS = '#/$defs/headers';
const DEAD_LETTER_HEADERS = '#/$defs/deadLetterHeaders';

/** @param schemas by the names of their files */
export function page(document, schemas) {
  const channels = document.channels().all();
  return [
    `# ${document.info().title()}`,
    `Built from [contracts/](../README.md) by \`contracts/check\`. This is version ${document.info().version()}.`,
    document.info().description().trim(),
    '## Topics',
    table(['topic', 'key', 'written by', 'read by', 'kept'], channels.map((channel) => [
      `[${code(channel.address())}](${anchor(channel.address())})`,
      key(channel),
      services(channel, 'send'),
      services(channel, 'receive'),
      kept(channel),
    ])),
    ...channels.flatMap((channel) => topic(channel, schemas)),
    '## Headers',
    `${schemas.get(COMMON).$defs.headers.description}`,
    fields(COMMON, at(COMMON, HEADERS, schemas), schemas),
    'A dead letter has these besides:',
    fields(COMMON, at(COMMON, DEAD_LETTER_HEADERS, schemas), schemas),
    '## What several share',
    ...Object.entries(schemas.get(COMMON).$defs)
      .filter(([name]) => ![HEADERS, DEAD_LETTER_HEADERS].includes(`#/$defs/${name}`))
      .flatMap(([name, schema]) => [
        `### ${name}`,
        ...(schema.description ? [schema.description] : []),
        schema.properties ? fields(COMMON, schema, schemas) : `It is: ${plainly(schema)}.`,
      ]),
    '',
  ].join('\n\n').trimEnd() + '\n';
}

function topic(channel, schemas) {
  const messages = channel.messages().all();
  const types = messages.filter((message) => message.hasPayload());
  const bodies = new Map();
  for (const message of types) {
    const file = bodyOf(message, schemas);
    bodies.set(file, [...(bodies.get(file) ?? []), message]);
  }
  return [
    `## ${channel.address()}`,
    channel.description(),
    table(['type', 'says', 'of its body'], messages.map((message) => [
      code(message.name()),
      `**${message.title()}.** ${message.summary()}`,
      message.hasPayload() ? narrowed(schemas.get(fileOf(message))) : 'as it was read',
    ])),
    ...[...bodies].flatMap(([file, sharing]) => [
      `### ${sharing.length > 1 ? schemas.get(file).title : sharing[0].name()}`,
      sharing.length > 1 ? schemas.get(file).description : '',
      fields(file, schemas.get(file), schemas),
      `<details><summary>Example: ${code(sharing[0].name())}</summary>`,
      ['```json', readExample(sharing[0].name(), 'full').trim(), '```'].join('\n'),
      '</details>',
    ]).filter(Boolean),
  ];
}

function fileOf(message) {
  return idOf(message.payload()).split('/').pop();
}

/** The file with the body's fields: the one that the type's own schema is made of, or that schema. */
function bodyOf(message, schemas) {
  return schemas.get(fileOf(message)).allOf?.[0].$ref ?? fileOf(message);
}

function services(channel, action) {
  return channel.operations().all().filter((operation) => operation.action() === action)
    .map((operation) => operation.tags().all()[0].name()).join(', ') || 'whoever replays them';
}

function key(channel) {
  const schema = channel.messages().all()[0].bindings().get('kafka')?.json().key;
  return schema ? plainly(schema) : '';
}

function kept(channel) {
  const topic = channel.bindings().get('kafka')?.json().topicConfiguration;
  if (!topic) {
    return '';
  }
  return topic['cleanup.policy'].includes('compact') ? 'the newest of each key' : `${topic['retention.ms'] / 86_400_000} days`;
}

/** The fields of an object and of the objects in it, a row each. */
function fields(file, schema, schemas) {
  return table(['field', 'is', 'there', ''], rows(file, schema, schemas, ''));
}

function rows(file, schema, schemas, before) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const here = resolved(file, property, schemas);
    const inside = inner(here, schemas);
    return [
      [code(before + name), says(here, schemas), schema.required?.includes(name) ? 'always' : '', here.description ?? ''],
      ...(inside ? rows(inside.file, inside.schema, schemas, `${before}${name}${inside.mark}.`) : []),
    ];
  });
}

/** Where a reference leads; what `common.json` defines stays a name. */
function resolved(file, schema, schemas) {
  if (!schema.$ref) {
    return { file, schema, description: schema.description };
  }
  const [target, pointer = ''] = schema.$ref.split('#');
  const found = target || file;
  if (found === COMMON && file !== COMMON || (file === COMMON && pointer)) {
    const name = pointer.split('/').pop();
    return { file: found, schema: {}, name, description: schema.description };
  }
  const there = pointer ? at(found, `#${pointer}`, schemas) : schemas.get(found);
  return { file: found, schema: there, description: schema.description ?? there.description };
}

function at(file, pointer, schemas) {
  return pointer.slice(2).split('/').reduce((schema, step) => schema[step], schemas.get(file));
}

/** The object whose fields are told below: itself, what a list holds, or what may be null. */
function inner({ file, schema, name }, schemas) {
  if (name) {
    return undefined;
  }
  if (schema.properties) {
    return { file, schema, mark: '' };
  }
  if (schema.items) {
    const inside = inner(resolved(file, schema.items, schemas), schemas);
    return inside && { ...inside, mark: `[]${inside.mark}` };
  }
  const some = schema.oneOf?.find((one) => one.type !== 'null');
  return some && inner(resolved(file, some, schemas), schemas);
}

/** In a few words, what a value is. */
function says({ file, schema, name }, schemas) {
  if (name) {
    return `[${name}](${anchor(name)})`;
  }
  if (schema.oneOf) {
    return schema.oneOf.map((one) => says(resolved(file, one, schemas), schemas)).join(' or ');
  }
  if (schema.items) {
    return `list of ${says(resolved(file, schema.items, schemas), schemas)}${orNull(schema)}${limits(schema)}`;
  }
  if (schema.additionalProperties) {
    return `table of ${says(resolved(file, schema.additionalProperties, schemas), schemas)}`;
  }
  return plainly(schema);
}

function plainly(schema) {
  if ('const' in schema) {
    return code(schema.const);
  }
  if (schema.enum) {
    return schema.enum.map(code).join(', ');
  }
  if (!schema.type) {
    return 'anything';
  }
  return [...new Set([schema.type].flat())].filter((type) => type !== 'null' || schema.type === 'null').join(' or ')
    + orNull(schema) + limits(schema);
}

function orNull(schema) {
  return Array.isArray(schema.type) && schema.type.includes('null') ? ' or null' : '';
}

function limits(schema) {
  const words = {
    format: (value) => value,
    pattern: (value) => code(value),
    minimum: (value) => `from ${value}`,
    maximum: (value) => `to ${value}`,
    minLength: (value) => value === 1 ? 'not empty' : `${value} characters and more`,
    maxLength: (value) => `${value} characters at most`,
    minItems: (value) => `${value} or more`,
    maxItems: (value) => `${value} at most`,
  };
  const said = Object.entries(words).filter(([limit]) => limit in schema).map(([limit, word]) => word(schema[limit]));
  return said.length > 0 ? ` (${said.join(', ')})` : '';
}

/** What the schema of a type asks beyond the body that it shares with others. */
function narrowed(schema) {
  return schema.allOf ? Object.entries(schema.properties ?? {}).map(([name, asked]) => narrowing(name, asked)).join('; ') : '';
}

function narrowing(name, asked) {
  if (asked.contains) {
    return `one of ${code(name)} has ${narrowed({ allOf: [], properties: asked.contains.properties }).replace(' is ', ' ')}`;
  }
  if (asked.minItems) {
    return `${code(name)} has ${asked.minItems} or more`;
  }
  if (asked.type) {
    return `${code(name)} is not null`;
  }
  return `${code(name)} is ${plainly(asked)}`;
}

function table(heads, lines) {
  return [heads, heads.map(() => '---'), ...lines.map((cells) => cells.map(cell))].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Text for a cell of a table: a bar would end it. */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
}

function code(value) {
  return `\`${value}\``;
}

/** The links within a page that lead to none of its headings. */
export function deadLinks(page) {
  const headings = new Set([...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading)));
  return [...new Set([...page.matchAll(/\]\((#[^)]*)\)/g)].map(([, link]) => link))].filter((link) => !headings.has(link));
}

/** As those who show Markdown make it of a heading. */
function anchor(heading) {
  return `#${heading.toLowerCase().replace(/[^a-z0-9 _-]/g, '').replaceAll(' ', '-')}`;
}
