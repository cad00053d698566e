import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseShape } from './hole.ts';
import { printLine, shapeLine, shapeText } from './line-shape.ts';

function printed(text: string): string {
  const { shape, values } = shapeLine(text);
  return printLine(parseShape(shape), values);
}

test.each([
  [
    '10.0.0.7 - - [27/Nov/2026:05:23:43 +0000] "GET /a.php?x=1 HTTP/1.1" 200 4 "-" "curl/8" 21\n',
    '<address> - - [<time> +<number>] "GET <path>?x=<number> HTTP/<number>" <number> <number> "<text>" "<text>" <number>\n',
  ],
  [
    '[Fri Nov 27 05:23:43.120045 2026] [core:info] [pid 77:tid 140] [client 10.0.0.7:80] AH00558: no /a/b\n',
    '[<time>] [core:info] [pid <number>:tid <number>] [client <address>:<number>] <text>: no <path>\n',
  ],
  [
    'Nov  7 05:00:00 h sshd[77]: from 2001:db8::7 port 22',
    '<time> h sshd[<number>]: from <address> port <number>',
  ],
  [
    '{"level":30,"time":"2026-11-27T05:23:43.123Z","msg":"done 5"}',
    '{"level":<number>,"time":"<time>Z","msg":"<text>"}',
  ],
  ['id 7d2c3a4b5e6f 0x7ffe 123e4567-e89b-12d3-a456-426614174000', 'id <id> 0x<id> <id>'],
  [
    '19.372 007 -5 1.2.3.4.5 256.1.1.1 01.2.3.4 12345678901234567890',
    '<number> <number> -<number> <number>.<number>.<number>.<number>.<number> <number>.<number>.<number>.<number> <number>.<number>.<number>.<number> <id>',
  ],
  ['it\'s user=eve at "half', 'it\'s user=<text> at "half'],
  ['261127  5:23:13\t 2026-02-30 05:23:61', '<time>\t <number>-<number>-<number> <number>:<number>:<number>'],
  ['', ''],
])('%j', (text, shape) => {
  expect(shapeText(shapeLine(text).shape)).toBe(shape);
  expect(printed(text)).toBe(text);
});

const piece = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
    maxLength: 6,
  }),
  fc.constantFrom(
    '10.0.0.7',
    '::1',
    '27/Nov/2026:05:23:43',
    '2026-11-27T05:23:43.000',
    'Nov  7 05:00:00',
    '"',
    "'",
    '=',
    '/',
    '.',
  ),
  fc.constantFrom(
    'Fri Nov 27 05:23:43 2026',
    '0.50',
    '00',
    '0x1f',
    '7d2c3a4b5e6f',
    ' ',
    '\\',
    'GET /',
    '[',
    '-',
    ',',
    ':',
  ),
  fc.nat().map(String),
  fc
    .date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
);

test('any bytes are printed as they were', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      expect(printed(text)).toBe(text);
    }),
    { numRuns: 3_000 },
  );
});
