/**
 * A user's own table of log functions: a stripped program whose logger, with a name that nobody knows, is in a library
 * that is not at hand when the program is analysed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyse } from './tool/analyse.ts';
import { run } from './tool/command.ts';
import { installTools } from './tool/install.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-log-functions-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const library = `
#include <stdarg.h>
#include <stdio.h>
void quill_note(int level, const char *format, ...) {
  char line[512];
  va_list values;
  va_start(values, format);
  if (vsnprintf(line, sizeof line, format, values) > 0 && level > 0) fputs(line, stderr);
  va_end(values);
}
`;
const program = `
#include <stdio.h>
void quill_note(int level, const char *format, ...);
static void serve(int request) {
  quill_note(2, "request %d accepted", request);
  if (request % 2) quill_note(3, "request %d is odd: %s", request, "sorry");
}
int main(int argc, char **argv) {
  puts("Usage: a program and its requests");
  for (int i = 1; i < argc; i++) serve(argc * 7 + i);
  return 0;
}
`;

beforeAll(async () => {
  await installTools('gcc', 'strip');
  writeFileSync(at('quill.c'), library);
  writeFileSync(at('program.c'), program);
  const what = 'could not build the program';
  await run(what, 'gcc', ['-O2', '-shared', '-fPIC', '-o', at('libquill.so'), at('quill.c')]);
  await run(what, 'gcc', ['-O2', '-o', at('program'), at('program.c'), '-L', folder, '-lquill']);
  await run(what, 'strip', [at('program')]);
}, 300_000);

async function textsWith(functions: unknown): Promise<readonly string[]> {
  writeFileSync(at('functions.json'), JSON.stringify({ functions }));
  const { nodes } = await analyse(at('program'), { functions: at('functions.json') });
  return nodes.map(({ text }) => text).sort();
}

const usage = 'Usage: a program and its requests';

test('a table adds a function, and takes one away', async () => {
  expect(await textsWith([])).toEqual([usage]);
  const row = { role: 'log', format: 1, values: 2 };
  const requests = ['request %d accepted', 'request %d is odd: %s'];
  expect(await textsWith([['quill_note', row]])).toEqual([usage, ...requests]);
  expect(
    await textsWith([
      ['puts', { role: 'none' }],
      ['quill_note', row],
    ]),
  ).toEqual(requests);
});

test('a table that is none is refused with the place of what is wrong', async () => {
  await expect(textsWith([['quill_note', { role: 'log', format: 'second' }]])).rejects.toThrow(
    /functions\.0\.1\.format/,
  );
});
