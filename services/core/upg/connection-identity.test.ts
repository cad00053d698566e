import { expect, test } from 'vitest';
import { ConnectionIdentity, type ConnectionSide } from './connection-identity.ts';

interface Side {
  readonly side: ConnectionSide;
  readonly client: string;
  readonly server: string;
  readonly namespace?: number;
  readonly host?: string;
  readonly at_ms?: number;
}

/** Ids of the connections that begin so, one after the other, and what was translated. */
function begun(sides: readonly Side[]): { ids: number; translations: (string | undefined)[] } {
  const identity = new ConnectionIdentity(new Map());
  const known = sides.map(({ side, client, server, namespace = 1, host = 'h1', at_ms = 0 }) => {
    const pair = [client, server].sort().join('~');
    const port = Number(client.split(':')[1]);
    const time = BigInt(at_ms) * 1_000_000n;
    return identity.begun(pair, side, { client, port }, { host, time, netNamespace: namespace });
  });
  return { ids: new Set(known.map(({ id }) => id)).size, translations: known.map((k) => k.translation) };
}

const asked: Side = { side: 'connect', client: '10.0.0.1:40000', server: '192.0.2.7:80', namespace: 1 };
const served: Side = { side: 'accept', client: '172.17.0.1:40000', server: '172.17.0.2:8080', namespace: 2 };

test('where the client is masqueraded its port and the time join the sides, in either order', () => {
  expect(begun([asked, served])).toEqual({ ids: 1, translations: [undefined, 'client'] });
  expect(begun([served, asked])).toEqual({ ids: 1, translations: [undefined, 'client'] });
});

test('not in one namespace, on two hosts, later, or where another fits as well', () => {
  expect(begun([asked, { ...served, namespace: 1 }]).ids).toBe(2);
  expect(begun([asked, { ...served, host: 'h2' }]).ids).toBe(2);
  expect(begun([asked, { ...served, at_ms: 300 }]).ids).toBe(2);
  expect(begun([asked, { ...asked, client: '10.0.0.9:40000' }, served]).ids).toBe(3);
});

test('a side that was joined waits for no other', () => {
  expect(begun([asked, { ...served, client: asked.client }, served])).toEqual({
    ids: 2,
    translations: [undefined, 'server', undefined],
  });
});
