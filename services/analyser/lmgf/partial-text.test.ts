import { expect, test } from 'vitest';
import { PartialText } from './partial-text.ts';

function of(...pieces: readonly string[]): PartialText {
  return pieces.reduce((text, piece) => text.with(piece), PartialText.empty);
}

test.each<[readonly string[], string]>([
  [[], ''],
  [['%s', ' [pid ', '%s', '] '], '%s [pid %s] '],
  [['100%%', '%s', '%s', ' done'], '100%%%s done'],
])('%j', (pieces, expected) => expect(of(...pieces).format()).toBe(expected));

test.each<[readonly string[], readonly string[], string]>([
  [['sent'], ['sent', ', ', '%s'], 'sent%s'],
  [['sent', '"', '%s', '"'], ['sent', '"', '-', '"'], 'sent"%s"'],
  [['] ', 'sent'], ['] ', '[', '%s', '] ', 'sent'], '] %ssent'],
  [['5%%', 'sent'], ['%%', 'sent'], '%s%%sent'],
])('%j or %j', (a, b, expected) => {
  expect(of(...a).key).toBe(of(...b).key);
  expect(
    of(...a)
      .or(of(...b))
      .format(),
  ).toBe(expected);
});

test('words tell texts apart; one letter is none', () => {
  expect(of('sent').key).not.toBe(of('kept').key);
  expect(of('%s', ': ').hasWord).toBe(false);
  expect(of('b').hasWord).toBe(false);
  expect(of('OK ').hasWord).toBe(true);
});
