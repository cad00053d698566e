import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextTable } from './text-table.ts';
import { decodeUtf8 } from './utf8.ts';

const encode = (text: string) => new TextEncoder().encode(text);

test('well-formed text comes out as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = encode(text);
      expect(decodeUtf8(bytes, 0, bytes.length)).toBe(
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
      );
    }),
  );
});

test('bytes that are no part of a character stay visible, one by one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      // A decoder that gives one U+FFFD for each byte: the latin1 bytes of what is no UTF-8.
      const text = decodeUtf8(bytes, 0, bytes.length);
      const back = encode(text.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex) => `\u{f0000}${hex}\u{f0000}`));
      const rest = new TextDecoder().decode(back).replaceAll(/\u{f0000}(..)\u{f0000}/gu, '');
      const known = new TextDecoder().decode(bytes).replaceAll('\ufffd', '');
      if (!bytes.includes(0x5c) && !bytes.includes(0xef)) expect(rest).toBe(known);
    }),
  );
  expect(decodeUtf8(Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82), 0, 6)).toBe('a\\xff\\xc3(\\xe2\\x82');
  expect(decodeUtf8(Uint8Array.of(0xc0, 0xaf, 0xed, 0xa0, 0x80), 0, 5)).toBe('\\xc0\\xaf\\xed\\xa0\\x80');
});

test('a table gives each text, whatever it has kept', () => {
  const table = new TextTable(4);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 })), (texts) => {
      for (const text of texts) {
        const bytes = encode(text);
        expect(table.text(bytes, 0, bytes.length)).toBe(text);
        const digits = encode(Buffer.from(text).toString('hex'));
        expect(table.hexText(digits, 0, digits.length)).toBe(text);
      }
    }),
  );
});

test('long texts are whole', () => {
  const text = 'long '.repeat(5000);
  const bytes = encode(text);
  expect(new TextTable().text(bytes, 0, bytes.length)).toBe(text);
});
