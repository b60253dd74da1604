// Text and bytes, and CBOR (RFC 8949) as strictly as a badge is written: whatever could be written
// in two ways is taken in one. A changed bit therefore never goes unnoticed.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export class Malformed extends Error {}

// RFC 4648 base32 in capitals, without padding. Bits that belong to no byte must be 0.
export function fromBase32(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) throw new Malformed("not base32");
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  if (bits >= 5 || held !== 0) throw new Malformed("not the one way to write it");
  return bytes;
}

export function fromBase64Url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const utf8 = (text) => new TextEncoder().encode(text);

// The head of a byte string of that length.
export function headOfBytes(length) {
  if (length < 24) return Uint8Array.of(0x40 | length);
  if (length < 0x100) return Uint8Array.of(0x58, length);
  if (length < 0x10000) return Uint8Array.of(0x59, length >> 8, length & 0xff);
  return Uint8Array.of(0x5a, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

export class Tagged {
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

// What the bytes say. Maps become `Map`s. `ordered`: keys must stand in the order of RFC 8949, 4.2.1.
export function fromCbor(bytes, { ordered = true } = {}) {
  const reader = new Reader(bytes, ordered);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new Malformed("something follows");
  return value;
}

const DEEPEST = 8;

class Reader {
  constructor(bytes, ordered) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.ordered = ordered;
    this.at = 0;
  }

  value(depth) {
    if (depth > DEEPEST) throw new Malformed("too deep");
    const first = this.take(1)[0];
    const size = this.size(first & 0x1f);
    switch (first >> 5) {
      case 0: return size;
      case 1: return -1 - size;
      case 2: return this.take(size);
      case 3: return new TextDecoder("utf-8", { fatal: true }).decode(this.take(size));
      case 4: return this.list(size, depth);
      case 5: return this.map(size, depth);
      case 6: return new Tagged(size, this.value(depth + 1));
      default: throw new Malformed("not used here");
    }
  }

  // A length or a number, in as few bytes as it takes.
  size(short) {
    if (short < 24) return short;
    if (short > 27) throw new Malformed("no length");
    const width = 1 << (short - 24);
    const from = this.at;
    this.take(width);
    const read = [
      () => this.view.getUint8(from),
      () => this.view.getUint16(from),
      () => this.view.getUint32(from),
      () => Number(this.view.getBigUint64(from)),
    ][short - 24]();
    const least = [24, 0x100, 0x10000, 0x100000000][short - 24];
    if (read < least || !Number.isSafeInteger(read)) throw new Malformed("not the shortest");
    return read;
  }

  take(length) {
    if (this.at + length > this.bytes.length) throw new Malformed("cut off");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  list(size, depth) {
    const list = [];
    for (let i = 0; i < size; i += 1) list.push(this.value(depth + 1));
    return list;
  }

  map(size, depth) {
    const map = new Map();
    let before = null;
    for (let i = 0; i < size; i += 1) {
      const from = this.at;
      const key = this.value(depth + 1);
      const written = this.bytes.subarray(from, this.at);
      if (map.has(key) || (this.ordered && before && !isAfter(written, before))) {
        throw new Malformed("keys out of order");
      }
      before = written;
      map.set(key, this.value(depth + 1));
    }
    return map;
  }
}

function isAfter(bytes, before) {
  for (let i = 0; i < Math.min(bytes.length, before.length); i += 1) {
    if (bytes[i] !== before[i]) return bytes[i] > before[i];
  }
  return bytes.length > before.length;
}
