/** memcached, as verbose as it can be: text commands right and wrong, and the meta and binary protocols. */
import { accepts, talk } from '../client.ts';
import type { RealServer } from '../real-server.ts';

export const memcached: RealServer = {
  name: 'memcached',
  labels: 'memcached',
  packages: ['memcached'],
  async prepare({ port }) {
    return ['-u', 'root', '-l', '127.0.0.1', '-p', String(port), '-U', '0', '-t', '2', '-m', '4', '-vvv'];
  },
  ready: ({ port }) => accepts(port),
  async use({ port }) {
    const text = [
      'set a 0 0 1\r\n1\r\n',
      'get a\r\n',
      'get none\r\n',
      'delete a\r\n',
      'incr a 1\r\n',
      'stats\r\n',
    ];
    const more = [
      'touch a 5\r\n',
      'gat 10 a\r\n',
      'version\r\n',
      'verbosity 3\r\n',
      'bad\r\n',
      'mg a v\r\n',
      'mn\r\n',
    ];
    for (const command of [
      ...text,
      ...more,
      'stats items\r\n',
      'lru_crawler crawl all\r\n',
      'flush_all\r\n',
    ]) {
      await talk(port, [command]);
    }
    await talk(port, [...text, ...more, 'quit\r\n']);
    await talk(port, ['set big 0 0 2000000\r\n', 'x'.repeat(2_000), 'set c 0 0 2\r\nlonger\r\n']);
    await talk(port, [`get ${'k'.repeat(300)}\r\n`, 'ms m 2\r\nok\r\n', 'md m\r\n', 'me a\r\n']);
    for (const opcode of [0x0b, 0x0a, 0x00, 0x10, 0x33, 0x07]) {
      await talk(port, [Uint8Array.from([0x80, opcode, ...new Array<number>(22).fill(0)])]);
    }
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => talk(port, [`set p${i} 0 0 1\r\n1\r\n`, `get p${i}\r\n`])),
    );
  },
};
