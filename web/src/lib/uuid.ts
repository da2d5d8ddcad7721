// UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, version, 74 random bits. Made by the client before
// sending, so that a repeated request is the same request.
export function uuid(now_ms = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // 48 bits do not fit a 32-bit shift: the upper half is divided down.
  new DataView(bytes.buffer).setUint16(0, Math.floor(now_ms / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, now_ms % 2 ** 32);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
