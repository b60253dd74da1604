// A code before the camera, or in a picture.

const LOOK_EVERY_MS = 120;
// Enough for the modules of a badge's code; more only costs time.
const SIDE = 800;

export class NoCamera extends Error {
  // reason: "denied", "missing" or "busy".
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

// The browser's own detector where it knows QR codes, else the vendored one of the same shape.
let finding = null;
function detector() {
  finding ??= (async () => {
    const own = globalThis.BarcodeDetector;
    const formats = own ? await own.getSupportedFormats().catch(() => []) : [];
    if (formats.includes("qr_code")) return new own({ formats: ["qr_code"] });
    const { BarcodeDetector } = await import("../../vendor/qr/qr.min.js");
    return new BarcodeDetector({ formats: ["qr_code"] });
  })();
  return finding;
}

export async function codeInPicture(file) {
  const picture = await createImageBitmap(file);
  // A code may fill a picture or be a corner of it: as it is first, then whole and smaller.
  for (const side of [2400, SIDE]) {
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const text = await codeIn(canvas);
    if (text) return text;
  }
  return null;
}

async function codeIn(canvas) {
  const found = await (await detector()).detect(canvas).catch(() => []);
  return found[0]?.rawValue || null;
}

export class Camera {
  constructor(video) {
    this.video = video;
    this.wanted = false;
    this.stream = null;
    this.canvas = document.createElement("canvas");
  }

  // Asks for permission, and answers with the text of the first code seen; null once stopped.
  async scan() {
    this.wanted = true;
    detector().catch(() => {});
    this.stream = await this.open();
    this.video.srcObject = this.stream;
    await this.video.play().catch(() => {});
    // Whoever pressed "Stop" while the browser still asked for permission wants no camera any more.
    if (!this.wanted) this.stop();
    while (this.stream) {
      const text = await this.look();
      if (text) {
        this.stop();
        return text;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return null;
  }

  async open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new NoCamera("missing");
    const wish = { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } };
    try {
      return await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
    } catch (error) {
      const reasons = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing" };
      throw new NoCamera(reasons[error.name] ?? "busy");
    }
  }

  // The middle of the picture, which is what the frame on the screen shows.
  async look() {
    const { videoWidth, videoHeight } = this.video;
    const cut = Math.min(videoWidth, videoHeight);
    if (!cut) return null;
    const side = Math.min(cut, SIDE);
    this.canvas.width = this.canvas.height = side;
    const left = (videoWidth - cut) / 2;
    const top = (videoHeight - cut) / 2;
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.video, left, top, cut, cut, 0, 0, side, side);
    return codeIn(this.canvas);
  }

  get hasLamp() {
    return Boolean(this.stream?.getVideoTracks()[0]?.getCapabilities?.().torch);
  }

  async lamp(on) {
    await this.stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: on }] });
  }

  stop() {
    this.wanted = false;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }
}
