import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryOf } from './list-text.ts';

test('each entry is read as it was written', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (entries) => {
      const text = JSON.stringify(entries);
      const list = Buffer.from(text);
      const written = JSON.parse(text) as unknown[];
      expect(written.map((_, at) => entryOf(list, at))).toEqual(written);
      expect(entryOf(list, entries.length)).toBeUndefined();
    }),
  );
});
