import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Whether a process that has imported a module finds strings' methods without a dictionary. */
function areStringsFast(module: string): string {
  const code = `import(${JSON.stringify(module)}).then(() => console.log(%HasFastProperties(String.prototype)))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--allow-natives-syntax', '-e', code], {
    encoding: 'utf8',
  });
  return stdout === '' ? stderr : stdout.trim();
}

test('strings are as fast as without it', () => {
  expect(areStringsFast(new URL('redis.ts', import.meta.url).href)).toBe('true');
});

test('which they are not with ioredis alone: otherwise this is in vain', () => {
  expect(areStringsFast(import.meta.resolve('ioredis'))).toBe('false');
});
