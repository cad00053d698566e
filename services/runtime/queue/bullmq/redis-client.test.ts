import { expect, test } from 'vitest';
import { RedisClient } from './redis-client.ts';

test('a Redis that is not there is told as such', async () => {
  const client = new RedisClient('redis://127.0.0.1:1', 'p', () => {});
  const asked = client.ask(() => client.redis.get('key'));
  await expect(asked).rejects.toThrow('Redis can not be used: there is no connection to it');
  client.redis.disconnect();
});
