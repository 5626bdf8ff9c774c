// Reads QR codes from the camera: by the browser's own detector, else by the package qr.

// A code that fills a third of the picture is read at this width, and a phone does so many times a second.
const WIDEST = 800;
const PAUSE_MILLIS = 100;

/** Why there is no camera here, as a word; nothing if there may be one. */
export function obstacle() {
  if (!window.isSecureContext) {
    return 'insecure';
  }
  return navigator.mediaDevices?.getUserMedia ? undefined : 'missing';
}

async function reader() {
  const Own = window.BarcodeDetector;
  const formats = Own ? await Own.getSupportedFormats().catch(() => []) : [];
  if (formats.includes('qr_code')) {
    const detector = new Own({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video)).map((code) => code.rawValue);
  }
  const { decodeQR } = await import('./qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return [decodeQR(context.getImageData(0, 0, canvas.width, canvas.height))];
    } catch {
      return []; // No code is in the picture.
    }
  };
}

/** Shows the camera and calls back with each text that is in the picture, again and again; resolves to what ends it. */
export async function open(video, onText) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
  let goesOn = true;
  const close = () => {
    goesOn = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  try {
    const [read] = await Promise.all([reader(), (video.srcObject = stream, video.play())]);
    (async () => {
      while (goesOn) {
        if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0) {
          const texts = await read(video).catch(() => []);
          texts.filter(() => goesOn).forEach(onText);
        }
        await new Promise((resolve) => { setTimeout(resolve, PAUSE_MILLIS); });
      }
    })();
  } catch (failure) {
    close();
    throw failure;
  }
  return close;
}
