// Computes a draw of a waiting room again, with nothing but what it published: no network, no package.
//   curl -s https://.../api/waiting-room/mlsys-2026 > room.json
//   node verify-draw.mjs room.json 17
// Prints the place, from 1, of the person whose page said "Your number in the draw is 17", and exits with 0; exits with 1 where the seed
// is not the one that was committed to. Whoever came after the draw stands behind. Without a number it prints the places of all.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import process from 'node:process';

const sha256 = (text) => createHash('sha256').update(text).digest();

export function placeOf(number, { seed, early }) {
  if (number >= early) return number;
  const size = 2 ** Math.floor((Math.max(1, early - 1).toString(2).length + 1) / 2);
  let place = number;
  do {
    let [left, right] = [Math.floor(place / size), place % size];
    for (let round = 0; round < 8; round++) {
      [left, right] = [right, ((left ^ (sha256(`${seed}:${round}:${right}`).readUInt32BE(0) % size)) >>> 0)];
    }
    place = left * size + right;
  } while (place >= early);
  return place;
}

const { draw } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
if (!draw?.seed || sha256(draw.seed).toString('hex') !== draw.commitment) {
  console.log('not the seed that was committed to');
  process.exitCode = 1;
} else if (process.argv[3]) {
  console.log(placeOf(Number(process.argv[3]) - 1, draw) + 1);
} else {
  console.log(Array.from({ length: draw.early }, (_, number) => placeOf(number, draw) + 1).join(' '));
}
