import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DatagramIdentity,
  type DatagramSide,
  type PossibleAddress,
  type SeenDatagram,
} from './datagram-identity.ts';

interface Sight {
  readonly side: DatagramSide;
  readonly where?: string;
  readonly ports?: readonly [from: number, to: number];
  readonly from?: PossibleAddress;
  readonly to?: PossibleAddress;
  readonly at_ms?: number;
}

/** What is known at each sight, one after the other. */
function known(sights: readonly Sight[]) {
  const identity = new DatagramIdentity(new Map());
  return sights.map(({ side, where = `h1/${side}`, ports = [40000, 53], from, to, at_ms = 0 }, i) => {
    const [fromPort, toPort] = ports;
    const seen: SeenDatagram = { where, time: BigInt(at_ms) * 1_000_000n, fromPort, toPort, from, to };
    return identity.seen(side, seen, `made ${i}`);
  });
}

const ids = (sights: readonly Sight[]): number => new Set(known(sights).map(({ id }) => id)).size;

const sent: Sight = { side: 'sent', to: '10.0.0.2' };
const received: Sight = { side: 'received', from: '10.0.0.1' };

test('each side knows the other’s end, and the ports join them, in either order', () => {
  expect(known([sent, received])[1]).toEqual({
    id: 'made 0',
    isWhole: true,
    isAnswer: false,
    from: '10.0.0.1',
    to: '10.0.0.2',
  });
  expect(ids([received, sent])).toBe(1);
});

test('by ports alone only at once, and where nobody else fits', () => {
  expect(ids([sent, { ...received, at_ms: 1_001 }])).toBe(2);
  expect(ids([sent, { ...sent, where: 'h2/sent', to: '10.0.0.9' }, received])).toBe(3);
});

test('an end that both name decides, though the other was translated', () => {
  const own = { ...sent, from: '10.0.0.1' };
  expect(ids([own, { ...received, at_ms: 9_000 }])).toBe(1);
  expect(ids([own, { ...received, to: '172.17.0.2' }])).toBe(1);
  expect(ids([own, { ...received, from: '192.0.2.7', to: '172.17.0.2' }])).toBe(2);
  const other = { ...own, where: 'h2/sent', from: '10.0.0.3' };
  expect(known([own, other, received])[2]!.id).toBe('made 0');
});

test('a masqueraded sender that knows its own address is joined by the ports at once, and from elsewhere alone', () => {
  const own = { ...sent, from: '10.0.0.1' };
  const masked = { ...received, from: '192.0.2.7' };
  expect(ids([own, { ...masked, at_ms: 250 }])).toBe(1);
  expect(ids([own, { ...masked, at_ms: 251 }])).toBe(2);
  expect(ids([own, { ...masked, where: 'h1/sent' }])).toBe(2);
  expect(ids([own, { ...sent, where: 'h2/sent', to: '10.0.0.9' }, masked])).toBe(3);
});

test('what its container has joins a side, and keeps it from nobody', () => {
  const other = { ...sent, where: 'h2/sent', to: '10.0.0.9' };
  const own = { ...received, to: ['10.0.0.2', '10.1.0.2'] };
  expect(known([sent, other, own])[2]!.id).toBe('made 0');
  expect(ids([sent, { ...received, to: ['10.1.0.2'] }])).toBe(1);
});

test('loopback is one’s own', () => {
  const local = { ...sent, to: '127.0.0.1' };
  const there = { ...received, from: '127.0.0.1' };
  expect(ids([local, there])).toBe(2);
  expect(ids([local, { ...there, where: 'h1/sent' }])).toBe(1);
});

test('what comes back answers, and what is asked again does not; later the ports are others’', () => {
  const answer: Sight = { side: 'sent', where: 'h1/received', ports: [53, 40000], to: '10.0.0.1' };
  const got: Sight = { side: 'received', where: 'h1/sent', ports: [53, 40000], from: '10.0.0.2' };
  const all = known([sent, received, answer, got, sent, received, { ...sent, at_ms: 61_000 }]);
  expect(all.map(({ isAnswer }) => isAnswer)).toEqual([false, false, true, true, false, false, false]);
  expect(all.map(({ id }) => id)).toEqual([0, 0, 2, 2, 0, 0, 6].map((n) => `made ${n}`));
});

const sights = fc.array(
  fc.record({
    side: fc.constantFrom<DatagramSide>('sent', 'received'),
    where: fc.constantFrom('a', 'b', 'c'),
    ports: fc.constantFrom([1, 2] as const, [2, 1] as const),
    from: fc.constantFrom(undefined, '10.0.0.1', '10.0.0.2', ['10.0.0.2', '10.0.0.3']),
    to: fc.constantFrom(undefined, '10.0.0.1', '10.0.0.2', ['10.0.0.2', '10.0.0.3']),
    at_ms: fc.nat({ max: 100_000 }),
  }),
);

test('a commit between any two changes nothing', () => {
  fc.assert(
    fc.property(sights, (given) => {
      const saved = new Map<string, string>();
      const apart = given.map(({ side, where, ports: [fromPort, toPort], from, to, at_ms }, i) => {
        const identity = new DatagramIdentity(saved);
        const seen = { where, time: BigInt(at_ms) * 1_000_000n, fromPort, toPort, from, to };
        const its = identity.seen(side, seen, `made ${i}`);
        const drained = new Map<string, string | undefined>();
        identity.drainInto(drained);
        for (const [key, value] of drained) {
          if (value === undefined) saved.delete(key);
          else saved.set(key, value);
        }
        return its;
      });
      const plain = given.map(({ from, to, ...rest }) => ({
        ...rest,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }));
      expect(apart).toEqual(known(plain));
    }),
  );
});
