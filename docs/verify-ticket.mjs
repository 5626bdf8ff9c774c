// Checks a ticket with nothing but the published keys: no network, no package. docs/interfaces.md says what a ticket is.
//   curl -s https://.../.well-known/ticket-keys > keys.json
//   node verify-ticket.mjs keys.json "$TEXT_OF_THE_QR_CODE"
// Prints what the ticket says and exits with 0, or exits with 1. Whether that ticket has ended since is in the list of ended
// tickets, and whether somebody came in with it before, the gate has to know.
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import process from 'node:process';

const FORM = /^(T1\.([\w-]{1,20})\.([a-z0-9-]+)\.([0-9a-f-]{36})\.([0-9]{1,9}))\.([\w-]{86})$/;

export function ticketOf(text, published) {
  const [, signed, keyId, conference, attendee, generation, signature] = FORM.exec(text) ?? [];
  const key = published.keys.find((each) => each.kid === keyId && each.crv === 'Ed25519');
  if (!signed || !key) {
    return null;
  }
  const genuine = verify(null, Buffer.from(signed), createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64url'));
  return genuine ? { conference, attendee, generation: Number(generation) } : null;
}

const [keys, text] = process.argv.slice(2);
const ticket = ticketOf(text ?? '', JSON.parse(readFileSync(keys, 'utf8')));
console.log(ticket ? JSON.stringify(ticket) : 'not a ticket of ours');
process.exitCode = ticket ? 0 : 1;
