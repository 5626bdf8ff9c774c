// Reads every topic that the contracts name, from its beginning to where it ends now, as somebody would who has nothing of ours
// but the published contracts, and holds each record against them: node read-topics.mjs HOST:PORT
// A line for each topic; what is invalid goes to standard error, and makes the exit code 1.
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import lz4 from 'lz4-napi';
import { idOf, parse, readSchemas, validatorOf } from './contracts.mjs';

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;
const QUIET_MS = 30_000;
const SHOWN = 10;

// kafkajs brings gzip alone, and the services compress with LZ4.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: (encoder) => lz4.compressFrame(encoder.buffer),
  decompress: (buffer) => lz4.decompressFrame(buffer),
});

/** What the contracts say of the topics: for each channel, which topics it means and what is wrong with a record on one. */
async function readContracts() {
  const { document } = await parse();
  const ajv = validatorOf(readSchemas());
  const problems = (validate, value) => validate(value) ? [] : validate.errors.map((e) => `${e.instancePath || '/'} ${e.message}`);
  return document.channels().all().map((channel) => {
    const messages = new Map(channel.messages().all().map((message) => {
      const key = message.bindings().get('kafka')?.json().key;
      return [message.name(), {
        headers: ajv.compile(message.headers().json().schema),
        key: key && ajv.compile(key),
        body: message.hasPayload() && ajv.getSchema(idOf(message.payload())),
      }];
    }));
    return {
      // A parameter stands for any text; everything else is meant as it is written.
      names: new RegExp(`^${channel.address().split(/\{\w+\}/).map(escapeText).join('.+')}$`),
      problemsOf({ type, headers, key, body }) {
        // A channel whose messages have no body of their own carries records of any type.
        const message = messages.get(type) ?? [...messages.values()].find((any) => !any.body);
        if (!message) {
          return ['the type is not one of this topic'];
        }
        return [
          ...problems(message.headers, headers).map((problem) => `header ${problem}`),
          ...(message.key ? problems(message.key, key) : []).map((problem) => `key ${problem}`),
          ...(message.body ? bodyProblems(message.body, body, problems) : []),
        ];
      },
    };
  });
}

function escapeText(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function bodyProblems(validate, body, problems) {
  try {
    return problems(validate, JSON.parse(body));
  } catch (error) {
    return [`the body is not JSON: ${error.message}`];
  }
}

function recordOf({ headers, key, value }) {
  const text = (header) => Array.isArray(header) ? header.map(String) : String(header);
  const texts = Object.fromEntries(Object.entries(headers ?? {}).map(([name, header]) => [name, text(header)]));
  return { type: texts.ce_type, headers: texts, key: key === null ? null : String(key), body: String(value ?? '') };
}

/** Calls `take` with every record up to the ends of the topics as they are now. */
async function readAll(kafka, admin, topics, take) {
  const ends = new Map();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) {
        ends.set(`${topic} ${partition}`, BigInt(high));
      }
    }
  }
  if (ends.size === 0) {
    return;
  }
  const groupId = `contracts-check-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics, fromBeginning: true });
    await new Promise((resolve, reject) => {
      const quiet = setTimeout(() => reject(new Error(`nothing came for ${QUIET_MS / 1000} s`)), QUIET_MS);
      const end = (outcome, value) => {
        clearTimeout(quiet);
        outcome(value);
      };
      consumer.on(consumer.events.CRASH, ({ payload }) => end(reject, payload.error));
      consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          quiet.refresh();
          const partition = `${batch.topic} ${batch.partition}`;
          const before = ends.get(partition);
          if (before === undefined) {
            return;
          }
          for (const message of batch.messages) {
            if (BigInt(message.offset) < before) {
              take(batch.topic, batch.partition, message);
            }
          }
          if (BigInt(batch.lastOffset()) >= before - 1n) {
            ends.delete(partition);
          }
          if (ends.size === 0) {
            end(resolve);
          }
        },
      }).catch((error) => end(reject, error));
    });
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]);
  }
}

async function main(broker) {
  const channels = await readContracts();
  const kafka = new Kafka({ clientId: 'contracts-check', brokers: [broker], logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const found = new Map();
    for (const topic of (await admin.listTopics()).sort()) {
      const channel = channels.find(({ names }) => names.test(topic));
      if (channel) {
        found.set(topic, { channel, messages: 0, invalid: 0, types: new Map() });
      }
    }
    await readAll(kafka, admin, [...found.keys()], (topic, partition, message) => {
      const seen = found.get(topic);
      const record = recordOf(message);
      const problems = seen.channel.problemsOf(record);
      seen.messages += 1;
      seen.types.set(record.type, (seen.types.get(record.type) ?? 0) + 1);
      if (problems.length > 0 && (seen.invalid += 1) <= SHOWN) {
        console.error(`${topic} partition ${partition} offset ${message.offset} ${record.type}: ${problems.join('; ')}`);
      }
    });
    for (const [topic, { messages, invalid, types }] of found) {
      const each = [...types].sort().map(([type, count]) => `${type} ${count}`).join(', ');
      console.log(`${topic}: ${messages} messages, ${types.size} types, ${invalid} invalid${each && ` (${each})`}`);
    }
    return found.size > 0 && [...found.values()].every(({ invalid }) => invalid === 0);
  } finally {
    await admin.disconnect();
  }
}

if (process.argv.length !== 3) {
  console.error('usage: node read-topics.mjs HOST:PORT');
  process.exit(2);
}
try {
  process.exitCode = await main(process.argv[2]) ? 0 : 1;
} catch (error) {
  console.error(`the topics could not be read: ${error.message}`);
  process.exitCode = 1;
}
