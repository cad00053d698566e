import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyseSource } from './analyse-source.ts';
import { sourceHash } from './source-hash.ts';
import { file_bytes_max } from './source-limit.ts';

const python = (text: string) => analyseSource([{ path: 'a.py', text }]);
const javascript = (text: string) => analyseSource([{ path: 'a.js', text }]);
const texts = ({ program }: Awaited<ReturnType<typeof analyseSource>>) =>
  program?.sites.map(({ text }) => text).sort();

describe('wrappers', () => {
  const source = `
def one(text): print("1 " + text)
def two(text): one("2 " + text)
def three(text): two("3 " + text)
three("the text")
three("other text")
`;
  test.each([
    [0, ['1 %s']],
    [1, ['1 2 %s']],
    [2, ['1 2 3 %s']],
    [3, ['1 2 3 other text', '1 2 3 the text']],
  ])('to depth %d', async (bt, expected) => {
    expect(texts(await analyseSource([{ path: 'a.py', text: source }], { bt }))).toEqual(expected);
  });

  test('a value is not a text', async () => {
    expect(texts(await python('def pay(id): print("paying " + id)\npay("A17")\npay("A18")'))).toEqual([
      'paying %s',
    ]);
  });

  test('that call themselves end', async () => {
    const result = await javascript(
      `function a(t) { console.log(t); b('from a ' + t); }\nfunction b(t) { a('from b ' + t); }\na('start it');`,
    );
    expect(texts(result)).toContain('start it');
  });
});

test('a Python package’s modules find each other by its name, wherever it lies', async () => {
  const result = await analyseSource([
    { path: 'shop/__init__.py', text: '' },
    { path: 'shop/log.py', text: 'import logging\ndef own(name):\n  return logging.getLogger(name)' },
    { path: 'shop/run.py', text: "from shop.log import own\nown('x').info('sold')" },
  ]);
  expect(texts(result)).toEqual(['sold']);
});

test('a logger that a library makes in ways that are not followed has its name', async () => {
  expect(
    texts(
      await python(
        "from lib import load\nclass A:\n  def run(self):\n    self.log = load()()\n    self.log.info('sold')\nA().run()",
      ),
    ),
  ).toEqual(['sold']);
});

describe('hostile sources', () => {
  test('a file that is too large is refused, and the others are read', async () => {
    const { program, diagnostics } = await analyseSource([
      { path: 'a.py', text: `x = "${'a'.repeat(10 << 20)}"` },
      { path: 'b.py', text: 'print("b")' },
    ]);
    expect(diagnostics).toMatchObject([{ code: 'source-refused', file: 'a.py' }]);
    expect(program?.sites.map(({ text }) => text)).toEqual(['b']);
  });

  test('one line as long as the bound is read', async () => {
    const statement = 'console.log("a", b); ';
    const text = statement.repeat(Math.floor(file_bytes_max / 16 / statement.length));
    const { program, counts } = await javascript(text);
    expect(program?.sites.length).toBe(counts.logCalls);
    expect(counts.logCalls).toBeGreaterThan(6_000);
  });

  test('bytes that are no text are refused', async () => {
    const { diagnostics } = await python('print("a")\0');
    expect(diagnostics).toMatchObject([{ code: 'source-refused', message: 'is binary' }]);
  });

  const deep = 20_000;
  test.each([
    ['parentheses', 'a.py', `print("before")\nx = ${'('.repeat(deep)}1${')'.repeat(deep)}\nprint("after")`],
    ['lists', 'a.py', `print("before")\nx = ${'['.repeat(deep)}\nprint("after")`],
    ['a sum', 'a.js', `console.log('before'); x = ${'a + '.repeat(deep)}1; console.log('after');`],
    ['calls', 'a.js', `console.log('before'); x${'.a()'.repeat(deep)}; console.log('after');`],
    [
      'functions',
      'a.js',
      `console.log('before'); ${'(()=>{'.repeat(deep)}${'})()'.repeat(deep)}; console.log('after');`,
    ],
    [
      'blocks',
      'a.go',
      `package a\nfunc main() { println("before"); ${'{'.repeat(deep)}${'}'.repeat(deep)}; println("after") }`,
    ],
    [
      'else if',
      'a.php',
      `<?php echo 'before'; if (a()) {} ${'else if (a()) {} '.repeat(deep)} echo 'after';`,
    ],
    [
      'strings',
      'A.java',
      `class A { void main() { System.out.println("before"); x = ${'"a" + '.repeat(deep)}"b"; System.out.println("after"); } }`,
    ],
  ])('deep nesting of %s', async (_, path, text) => {
    const { program, diagnostics } = await analyseSource([{ path, text }]);
    expect(program).toBeDefined();
    expect(program!.sites.map((site) => site.text)).toContain('before');
    expect(diagnostics.length).toBeGreaterThan(0);
  });

  test('many ways to build one text are one hole', async () => {
    const parts = Array.from({ length: 40 }, (_, n) => `(c${n} ? "a" : "b")`).join(' + ');
    const { program } = await javascript(`console.log(${parts});`);
    expect(program!.sites.length).toBeLessThanOrEqual(16);
  });

  test('names that stand for each other end', async () => {
    const text = Array.from({ length: 60 }, (_, n) => `a${n} = a${(n + 1) % 60} or a${(n * 7) % 60}`).join(
      '\n',
    );
    expect(texts(await python(`${text}\nprint(a0)\na0.info("x")`))).toEqual(['%s']);
  });

  test('what is made of itself ends', async () => {
    const text = `
@f
def f(x): return f(f)(x)
@g()
@h
def g(x): return h
@g
def h(x): return lambda: g
class A(A): pass
class B(C): a = A()
class C(B):
    def m(self): return self.m().m()
f(f)
g()()()
B().x.y
A.z()
C().m().m()
import a
from . import a as b
print("end")
`;
    expect(texts(await python(text))).toEqual(['end']);
    const script = `const a = () => a(a); a.b = a; class D extends D {} new D().x(); module.exports = module.exports;
      exports.e = exports.e; const m = require('./a'); m.e(); (function g() { g.g(); })(); console.log('end');`;
    expect(texts(await javascript(script))).toEqual(['end']);
  });

  test('names that stand for many others end soon', async () => {
    const line = (n: number) =>
      `a${n} = ${Array.from({ length: 8 }, (_, m) => `a${(n * 3 + m * 5 + 1) % 40}`).join(' or ')}`;
    const text = Array.from({ length: 40 }, (_, n) => line(n)).join('\n');
    const calls = Array.from({ length: 40 }, (_, n) => `a${n}.info(a${n})\na${n}(a${n})`).join('\n');
    const began = performance.now();
    expect(texts(await python(`${text}\n${calls}\nprint("end")`))).toContain('end');
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('a bound gives no program rather than a part of one', async () => {
    const text = 'print("a")\n'.repeat(50_000);
    const { program, diagnostics } = await analyseSource([{ path: 'a.py', text }], { time_ms_max: 20 });
    expect(program).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'source-bound-met', severity: 'error' }]);
  });

  test('what is of no known language', async () => {
    const { program, diagnostics } = await analyseSource([{ path: 'a.rb', text: 'puts 1' }]);
    expect(program).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'source-language-unknown' }]);
  });

  test.each(['a.py', 'a.js', 'a.ts', 'a.go', 'a.php', 'A.java'])('any text as %s', async (path) => {
    const token = fc.constantFrom(
      'if',
      'for',
      'def f(',
      'function',
      '{',
      '}',
      '(',
      ')',
      ':',
      '\n',
      ' ',
      '"%s"',
      "'a'",
      '`${',
      'try',
      'catch',
      'print',
      'console.log(',
      'return',
      'x',
      '=',
      '=>',
      '<?php',
      '$a',
      'class A',
      'switch',
      'case 1:',
      ';',
      ',',
      '+',
      'break',
      'import a',
      'func',
      'defer',
      '.',
      'else',
      'finally',
      '%',
      'while',
      '\t',
      'é',
      '__proto__',
      'constructor',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(token, { maxLength: 60 }), async (tokens) => {
        const { program } = await analyseSource([{ path, text: tokens.join(' ') }]);
        expect(program).toBeDefined();
        for (const { blocks } of program!.functions) {
          for (const { events, successors } of blocks) {
            for (const next of successors) expect(blocks[next]).toBeDefined();
            for (const event of events) {
              if (event.kind === 'call')
                for (const at of event.targets) expect(program!.functions[at]).toBeDefined();
              if (event.kind !== 'syscall') {
                expect((event.kind === 'log' ? event.sites : event.targets).length).toBeGreaterThan(0);
              }
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the source hash', () => {
  const files = [
    { path: '/srv/a/index.js', text: 'a\nb' },
    { path: '/srv/a/lib/b.js', text: 'c' },
  ];

  test('does not depend on where, in which order, or with which line breaks the files are', () => {
    const moved = [
      { path: './lib/b.js', text: 'c' },
      { path: 'index.js', text: '\ufeffa\r\nb' },
    ];
    expect(sourceHash(moved)).toBe(sourceHash(files));
    expect(sourceHash(files)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['a text', [files[0]!, { path: '/srv/a/lib/b.js', text: 'd' }]],
    ['a name', [files[0]!, { path: '/srv/a/lib/c.js', text: 'c' }]],
    [
      'a border',
      [
        { path: '/srv/a/index.js', text: 'a\nb' },
        { path: '/srv/a/lib/b.jsc', text: '' },
      ],
    ],
  ])('depends on %s', (_, other) => {
    expect(sourceHash(other)).not.toBe(sourceHash(files));
  });
});
