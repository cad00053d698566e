/** Words of a grammar as the bytes that they are looked for as; the core has no encoder. It must not know the grammar. */

/** The bytes of `text`, all of whose characters are ASCII. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Whether `literal` stands in `bytes` at `at`, before `end`. */
export function isAt(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  // Asked for in the loop, the length is a call for every byte until the loop is compiled.
  const { length } = literal;
  if (at + length > end) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}
