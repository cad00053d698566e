/**
 * The bytes of a `struct sockaddr`, as SOCKADDR records give them, taken apart by family. It must not know whose
 * address it is, nor whether anyone was reached there.
 */
import type { SocketAddress } from './event.ts';
import { hexValue, type TextTable } from './text-table.ts';
import { decodeUtf8 } from './utf8.ts';

/** The address whose hex digits stand in `digits` from `start` to `end`; families in the order of bytes of either end. */
export function socketAddress(
  digits: Uint8Array,
  start: number,
  end: number,
  table: TextTable,
): SocketAddress {
  const bytes = new Uint8Array((end - start) >> 1);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (hexValue[digits[start + 2 * i]!]! << 4) | hexValue[digits[start + 2 * i + 1]!]!;
  }
  const family = familyOf(bytes);
  if (family === unixFamily) return { family: 'unix', path: unixPath(bytes) };
  if (family === inetFamily && bytes.length >= 8) {
    return { family: 'inet', address: inetText(bytes, 4), port: bigEndian16(bytes, 2) };
  }
  if (family === inet6Family && bytes.length >= 24) {
    const port = bigEndian16(bytes, 2);
    if (isMapped(bytes, 8)) return { family: 'inet', address: inetText(bytes, 20), port };
    return { family: 'inet6', address: inet6Text(bytes, 8), port };
  }
  if (family === netlinkFamily && bytes.length >= 12) {
    return { family: 'netlink', port: littleEndian32(bytes, 4), groups: littleEndian32(bytes, 8) };
  }
  return { family: 'other', number: family, raw: table.text(digits, start, end) };
}

const unixFamily = 1;
const inetFamily = 2;
const inet6Family = 10;
const netlinkFamily = 16;

/** In the machine's order of bytes: a zero byte first can only be a big-endian one, since no family is above 255. */
function familyOf(bytes: Uint8Array): number {
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  return first === 0 ? second : first | (second << 8);
}

/** The path up to its NUL; an abstract name is as long as the address, and its NUL bytes show as `@` (as ss does it). */
function unixPath(bytes: Uint8Array): string {
  let end = bytes.length;
  if (end > 2 && bytes[2] === 0) {
    while (end > 2 && bytes[end - 1] === 0) end--;
    if (end === 2) return '';
    const name = bytes.map((byte, i) => (i >= 2 && byte === 0 ? 0x40 : byte));
    return decodeUtf8(name, 2, end);
  }
  for (let i = 2; i < end; i++) if (bytes[i] === 0) end = i;
  return decodeUtf8(bytes, Math.min(2, end), end);
}

function bigEndian16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function littleEndian32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function inetText(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** Whether ::ffff:0:0/96 holds the address at `at`. */
function isMapped(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
export function inet6Text(bytes: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => bigEndian16(bytes, at + 2 * i));
  let best = 0;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) {
      best = i;
      bestLength = length;
    }
    i += length;
  }
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (bestLength < 2) return text(groups);
  return `${text(groups.slice(0, best))}::${text(groups.slice(best + bestLength))}`;
}
