// Draws a ticket's code as cameras see it, 60 times, and prints which readers read it: `npm install && node compare.mjs`.
import encodeQR from 'qr';
import { decodeQR } from 'qr/decode.js';
import { readFileSync } from 'node:fs';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const TICKET =
  'T1.k2026a.mlsys-2026.0197c3a2-5b6d-7e8f-9a0b-1c2d3e4f5a6b.0.' +
  'Zk3vQ9_aB7xLm2NpR8sTuVwY1cDeFgHjK4oXqZ6iJ5yE0hM-Gd9Pb3Wf7Sr1Tn8UcOvIlAkQz2XyBeNh5Cm4Lw';
const WIDTH = 800;
const HEIGHT = 600;
const RAYS = 3;
const MODULES = encodeQR(TICKET, 'raw', { ecc: 'medium', border: 4 });

// Lengths are shares of the picture's height, angles radians, light from 0 to 1, blur and motion pixels.
const PLAIN = { size: 0.6, angle: 0.1, tilt: 0, bend: 0, contrast: 0.8, shadow: 0, glare: 0, blur: 0, motion: 0, noise: 0.02, inverted: false };
const series = (name, values, more) => values.map((value) => ({ ...PLAIN, ...more, [name]: value }));
const KINDS = {
  far: series('size', [0.45, 0.36, 0.3, 0.25, 0.2]),
  turned: series('angle', [0.3, 0.8, 1.6, 2.6, 4]),
  tilted: series('tilt', [0.2, 0.4, 0.6, 0.8, 1]),
  bent: series('bend', [0.5, 0.7, 0.8, 0.9, 0.97]),
  pale: series('contrast', [0.5, 0.3, 0.2, 0.12, 0.07]),
  shadow: series('shadow', [0.4, 0.6, 0.75, 0.85, 0.93]),
  glare: series('glare', [0.3, 0.5, 0.7, 0.9, 1.2]),
  blurred: series('blur', [1, 2, 3, 4, 5], { size: 0.8 }),
  moved: series('motion', [2, 4, 6, 8, 10], { size: 0.8 }),
  noisy: series('noise', [0.1, 0.2, 0.3, 0.4, 0.6]),
  inverted: series('size', [0.4, 0.5, 0.6, 0.7, 0.8], { inverted: true }),
  all: [1, 2, 3, 4, 5].map((k) => ({
    ...PLAIN, size: 0.7 - 0.04 * k, angle: 0.15 * k, tilt: 0.1 * k, contrast: 0.8 - 0.1 * k, shadow: 0.1 * k, blur: k > 2 ? 1 : 0, noise: 0.04 * k,
  })),
};

/** Numbers from 0 to 1, the same for a seed each time (mulberry32). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a ray from the camera meets: a module, the code's quiet zone or the hall behind. */
function seen(look, x, y) {
  const dark = 0.5 - look.contrast / 2;
  const bright = 0.5 + look.contrast / 2;
  const side = look.size * HEIGHT;
  let across = (x * Math.cos(look.angle) + y * Math.sin(look.angle)) / side;
  let down = (y * Math.cos(look.angle) - x * Math.sin(look.angle)) / side;
  const distance = 1 - look.tilt * down;
  across /= distance;
  down /= distance;
  if (look.bend) {
    across = Math.asin(Math.max(-1, Math.min(1, across * 2 * look.bend))) / (2 * look.bend);
  }
  const module = MODULES[Math.floor((down + 0.5) * MODULES.length)]?.[Math.floor((across + 0.5) * MODULES.length)];
  if (module === undefined) {
    return look.inverted ? dark : 0.55 * bright + 0.15 * Math.sin(x / 37) * Math.cos(y / 29);
  }
  return module === look.inverted ? bright : dark;
}

/** The mean of each pixel and its neighbours within a radius, along one direction. */
function smoothed(light, radius, dx, dy) {
  const result = new Float32Array(light.length);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      let sum = 0;
      let count = 0;
      for (let k = -radius; k <= radius; k += 1) {
        const nearX = x + k * dx;
        const nearY = y + k * dy;
        if (nearX >= 0 && nearY >= 0 && nearX < WIDTH && nearY < HEIGHT) {
          sum += light[nearY * WIDTH + nearX];
          count += 1;
        }
      }
      result[y * WIDTH + x] = sum / count;
    }
  }
  return result;
}

function picture(look, seed) {
  let light = new Float32Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      let sum = 0;
      for (let ray = 0; ray < RAYS * RAYS; ray += 1) {
        sum += seen(look, x + ((ray % RAYS) + 0.5) / RAYS - WIDTH / 2, y + (Math.floor(ray / RAYS) + 0.5) / RAYS - HEIGHT / 2);
      }
      light[y * WIDTH + x] = sum / RAYS / RAYS;
    }
  }
  for (let pass = 0; look.blur && pass < 2; pass += 1) {
    light = smoothed(smoothed(light, look.blur, 1, 0), look.blur, 0, 1);
  }
  if (look.motion) {
    light = smoothed(light, look.motion, 1, 0);
  }
  const next = random(seed);
  const data = new Uint8ClampedArray(4 * light.length).fill(255);
  light.forEach((value, at) => {
    const x = at % WIDTH;
    const y = Math.floor(at / WIDTH);
    const lamp = Math.exp(-((x - 0.6 * WIDTH) ** 2 + (y - 0.4 * HEIGHT) ** 2) / (2 * 70 ** 2));
    const shown = value * (1 - (look.shadow * x) / WIDTH) + look.glare * lamp + look.noise * (next() + next() + next() - 1.5);
    data.fill(255 * shown, 4 * at, 4 * at + 3);
  });
  return { width: WIDTH, height: HEIGHT, data, colorSpace: 'srgb' };
}

const READERS = {
  qr: async (image) => {
    try {
      return decodeQR(image);
    } catch {
      return ''; // It says so where it finds none.
    }
  },
  'zxing-wasm': async (image) => {
    const [found] = await readBarcodes(image, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 1 });
    return found?.text ?? '';
  },
};

prepareZXingModule({ overrides: { wasmBinary: readFileSync('node_modules/zxing-wasm/dist/reader/zxing_reader.wasm').buffer } });
const names = Object.keys(READERS);
const results = new Map(names.map((name) => [name, { read: 0, wrong: 0, millis: [] }]));
for (let warmUp = 0; warmUp < 5; warmUp += 1) {
  await Promise.all(names.map((name) => READERS[name](picture(PLAIN, warmUp))));
}
let seed = 100;
console.log(`kind, from easy to hard: ${names.join(', ')}`);
for (const [kind, looks] of Object.entries(KINDS)) {
  const line = new Map(names.map((name) => [name, '']));
  for (const look of looks) {
    const image = picture(look, (seed += 1));
    for (const name of names) {
      const began = performance.now();
      const text = await READERS[name](image);
      const result = results.get(name);
      result.millis.push(performance.now() - began);
      result.read += text === TICKET ? 1 : 0;
      result.wrong += text && text !== TICKET ? 1 : 0;
      line.set(name, line.get(name) + (text === TICKET ? 'x' : '-'));
    }
  }
  console.log(`${kind.padEnd(9)} ${[...line.values()].join('  ')}`);
}
for (const [name, { read, wrong, millis }] of results) {
  millis.sort((a, b) => a - b);
  console.log(`${name}: ${read} of ${millis.length} read, ${wrong} wrong, median ${millis[millis.length >> 1].toFixed(1)} ms, longest ${millis.at(-1).toFixed(0)} ms`);
}
