import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderTemplate, templateOf } from './template.ts';

test.each([
  [
    '127.0.0.1 - - "GET /todo/hashgen.php?get_hash=Rishabh HTTP/1.1" 200 594 "-" "Mozilla/5.0 (X11)"',
    '<ip> - - "GET /todo/hashgen.php?get_hash=<str> HTTP/1.1" <num> <num> "<str>" "<str>"',
  ],
  ['- -  "GET /i.php" 200', '- -  "GET /i.php" <num>'],
  [
    'POST /user/17/cart?id=4&x - 200 OK - ContentLength: 850B (0.0130s)',
    'POST /user/<num>/cart?id=<str>&x - <num> OK - ContentLength: <num>B (<num>s)',
  ],
  [
    'AH00526: Syntax error on line 12 of /etc/apache2/apache2.conf:',
    'AH00526: Syntax error on line <num> of /etc/apache2/apache2.conf:',
  ],
  [
    'AH01384: Zlib: Compressed 385 to 270 : URL /todo/index.php',
    'AH01384: Zlib: Compressed <num> to <num> : URL /todo/index.php',
  ],
  ['/proc/1234/fd/5 is gone', '/proc/<num>/fd/<num> is gone'],
  ['call 5f9e1d4e-9a3b-4c59-8a4e-000000000001 took -3.5ms', 'call <uuid> took <num>ms'],
  ['at 2026-11-24T20:28:41.123Z and 20:28:41', 'at <time> and <time>'],
  [
    'peer ::1 or fe80::1 or [2001:db8::7]:443 or ::ffff:192.0.2.1',
    'peer <ip> or <ip> or [<ip>]:<num> or <ip>',
  ],
  ['std::vector a::b', 'std::vector a::b'],
  ['ptr 0x7ffe12 id 4f2a77c01d9e word deadbeefcafe', 'ptr <hex> id <hex> word deadbeefcafe'],
  ["user 'eve' can't log in", "user '<str>' can't log in"],
  ['if a < 7 <num>', 'if a <lt> <num> <lt>num>'],
  ['started in 5 s, pid=77', 'started in <num> s, pid=<num>'],
])('%s', (message, template) => {
  const found = templateOf(message);
  expect(found.template).toBe(template);
  expect(renderTemplate(found.template, found.variables)).toBe(message);
});

test('any text comes back whole', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      '<',
      '<num>',
      '"',
      "'",
      'GET /a?b=',
      '&c',
      '1.2.3.4',
      '::1',
      '0x1f',
      ' ',
      '-7',
      '2026-11-24',
      '\\"',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const message = pieces.join('');
      const { template, variables } = templateOf(message);
      expect(renderTemplate(template, variables)).toBe(message);
    }),
    { numRuns: 2000 },
  );
});

test('lines that differ in numbers have one template', () => {
  const statement = (n: number, f: number) =>
    templateOf(`worker ${n} used ${f} bytes of /var/run/${n}`).template;
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => {
      expect(statement(a, b)).toBe(statement(b, a));
    }),
  );
});

test.each([
  '1',
  'a',
  'f',
  '1.',
  ':',
  '::',
  "'",
  '"',
  "'a",
  '-',
  'GET /',
  '1:',
  'GET /a?',
  '<',
  '0x',
  'f0',
  '1-',
])('a long run of %s is done before the test gives up, as quadratic work would not be', (unit) => {
  const text = `${unit.repeat(150_000)}z`;
  const { template, variables } = templateOf(text);
  expect(renderTemplate(template, variables)).toBe(text);
});

test('variables that are not the template’s are refused', () => {
  expect(() => renderTemplate('a <num>', [])).toThrow(RangeError);
  expect(() => renderTemplate('a', ['1'])).toThrow(RangeError);
});
