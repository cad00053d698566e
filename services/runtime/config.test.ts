import { expect, test } from 'vitest';
import { z } from 'zod';
import { Port, readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

const schema = z.object({ FOLDER: z.string(), PORT: Port.default(80), LEVEL: z.enum(['low', 'high']) });

test('every problem is told at once, each with its variable', () => {
  const read = (): unknown => readConfig(schema, { PORT: '70000', LEVEL: 'middle', HOME: '/root' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/FOLDER must be set\n {2}PORT=70000: .*\n {2}LEVEL=middle: /);
});

test('a password in a URL is not shown', () => {
  const url = z.object({ URL: z.string().startsWith('redis:') });
  const read = (): unknown => readConfig(url, { URL: 'http://me:secret@host:1' });
  expect(read).toThrow('URL=http://…@host:1: ');
});

test('an empty variable counts as absent', () => {
  expect(readConfig(schema, { FOLDER: '/f', PORT: '', LEVEL: 'low' })).toEqual({
    FOLDER: '/f',
    PORT: 80,
    LEVEL: 'low',
  });
  expect(() => readConfig(schema, { FOLDER: '', LEVEL: 'low' })).toThrow('FOLDER must be set');
});
