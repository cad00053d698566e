/** Texts of any characters, one after the other. It must not know what they are. */
import type { ByteReader, ByteWriter } from '../embedded/bytes.ts';

export function writeTextList(out: ByteWriter, texts: readonly string[]): void {
  out.varint(texts.length);
  for (const text of texts) {
    const bytes = Buffer.from(text, 'utf8');
    out.varint(bytes.length);
    out.append(bytes);
  }
}

export function readTextList(from: ByteReader): string[] {
  return Array.from({ length: from.varint() }, () => {
    const length = from.varint();
    const start = from.at;
    from.at += length;
    return Buffer.from(from.bytes.subarray(start, from.at)).toString('utf8');
  });
}
