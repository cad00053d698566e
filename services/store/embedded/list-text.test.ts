import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ListText } from './list-text.ts';

test('each entry is read as it was written', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (entries) => {
      const text = JSON.stringify(entries);
      const list = new ListText(Buffer.from(text));
      const written = JSON.parse(text) as unknown[];
      expect(written.map((_, at) => list.at(at))).toEqual(written);
      expect(list.at(entries.length)).toBeUndefined();
    }),
  );
});
