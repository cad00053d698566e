import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromWire, toWire } from './wire-text.ts';

/** Any units at all, halves of characters and the escape's own mark among them. */
const text = fc
  .array(fc.oneof(fc.constantFrom(0xd800, 0xdc00, 0xe000, 0x41, 0), fc.nat({ max: 0xffff })), {
    maxLength: 8,
  })
  .map((units) => String.fromCharCode(...units));

test('every text comes back as it was, and can be sent', () => {
  fc.assert(
    fc.property(text, (given) => {
      const sent = toWire({ [given]: [given, 1, null, 2n] }) as Record<string, unknown>;
      expect(Object.keys(sent)[0]!.isWellFormed()).toBe(true);
      expect(fromWire(sent)).toEqual({ [given]: [given, 1, null, 2n] });
    }),
  );
});

test('different texts stay different', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(toWire(a) === toWire(b)).toBe(a === b);
    }),
  );
});
