import { expect, test } from 'vitest';
import { loggerOptions } from './logger.ts';

test('of an error its words are logged, with its cause, and nothing that hangs on it', () => {
  const cause = Object.assign(new Error('no auth'), { command: { name: 'auth', args: ['canary'] } });
  const error = Object.assign(new Error('the queue can not be used', { cause }), {
    code: 'unavailable',
    secret: 'canary',
  });
  const logged = loggerOptions('ingest', 'info').serializers.err(error);
  expect(logged).toMatchObject({ type: 'Error', message: 'the queue can not be used', code: 'unavailable' });
  expect(logged.stack).toContain('caused by Error: no auth');
  expect(JSON.stringify(logged)).not.toContain('canary');
  expect(loggerOptions('ingest', 'info').serializers.err('half a sentence').message).toBe('half a sentence');
});
