import { describe, expect, test } from 'vitest';
import type { EdgeAnswer, VertexAnswer } from '../../contract/graph.ts';
import type { WhyAnswer } from '../../contract/why.ts';
import { paint } from './paint.ts';
import { whyText } from './why-text.ts';

const second = (n: number): string => `2026-11-24T22:00:${String(n).padStart(2, '0')}.000000000Z`;

function vertex(
  id: string,
  kind: VertexAnswer['kind'],
  label = id,
  container: string | null = 'app',
): VertexAnswer {
  return { id, kind, label, host: 'h', container, time: second(0) };
}

function edge(from: string, op: string, to: string, first: number, last = first): EdgeAnswer {
  return { from, to, op, first: second(first), last: second(last), count: 1, bytes: 0 };
}

const vertices = [
  vertex('client', 'socket', '198.51.100.7:5 → 10.0.0.1:80', 'web'),
  vertex('unit', 'unit', 'GET /link.php'),
  vertex('page', 'file', '/srv/link.php'),
  vertex('libc', 'file', '/lib/x86_64-linux-gnu/libc.so.6'),
  vertex('script', 'process', 'mal.sh'),
  vertex('bash', 'file', '/bin/bash'),
  vertex('cat', 'process', 'cat /etc/secret'),
  vertex('pipe', 'pipe', 'pipe of mal.sh'),
  vertex('secret', 'file', '/etc/secret'),
  vertex('late', 'file', '/srv/late.php'),
  vertex('out', 'socket', '→ 203.0.113.66:4444'),
];

const edges = [
  edge('client', 'accept4', 'unit', 1),
  edge('page', 'openat', 'unit', 2),
  edge('libc', 'openat', 'unit', 2),
  edge('unit', 'fork', 'script', 3),
  edge('late', 'openat', 'unit', 4),
  edge('bash', 'execve', 'script', 4),
  edge('secret', 'read', 'cat', 5),
  edge('bash', 'execve', 'cat', 5),
  edge('cat', 'write', 'pipe', 6),
  edge('pipe', 'read', 'script', 7),
  edge('script', 'connect', 'out', 8),
];

function answer(change: Partial<WhyAnswer> = {}): WhyAnswer {
  const step = (i: number): WhyAnswer['rootCauses'][number]['path'][number] => {
    const { from, to, op, first } = edges[i]!;
    return { from, to, op, time: first, marks: [] };
  };
  return {
    symptom: { input: '203.0.113.66:4444', matched: [vertices.at(-1)!], how: 'address', also: [] },
    rootCauses: [
      {
        rank: 1,
        score: 0.68,
        factors: { prior: 1, distance: 0.68, rarity: 1 },
        entry: 'client',
        vertex: vertices[0]!,
        why: 'a client connected',
        confoundedWith: [],
        crossesGap: false,
        alternatives: [],
        path: [step(0), step(3), step(10)],
      },
    ],
    graph: { vertices, edges },
    reduction: {
      vertices: 11,
      edges: 11,
      factor: 1,
      left: { libraries: 0, scratch: 0, starts: 0, other: 0 },
    },
    truncated: null,
    gaps: [],
    clocks: [],
    completeness: { isWhole: true, marks: [] },
    elapsedMs: 12,
    ...change,
  };
}

const text = (change: Partial<WhyAnswer> = {}): string => whyText(answer(change), paint(false));

describe('the text of an answer', () => {
  test('is the path from cause to effect, with what flowed in beside it', () => {
    expect(text()).toBe(`Symptom  203.0.113.66:4444
  address
  → 203.0.113.66:4444  (connection, app)  2026-11-24T22:00:00.000000000Z

Root causes
  1  0.680  a client connected

Cause 1, from cause to effect
● 198.51.100.7:5 → 10.0.0.1:80  (connection, web)   on 2026-11-24 (UTC)
├─ +0.000 ms  22:00:01.000000000Z  accept4 → GET /link.php  (unit, app)
│     ╰╴ openat ← /srv/link.php  (file, app)  22:00:02.000000000Z
├─  +2.000 s  22:00:03.000000000Z  fork    → mal.sh  (process, app)
│     ├╴ execve ← /bin/bash  (file, app)  22:00:04.000000000Z
│     ╰╴ read ← /etc/secret  (file, app)  through cat /etc/secret  22:00:05.000000000Z
╰─  +7.000 s  22:00:08.000000000Z  connect → → 203.0.113.66:4444  (connection, app)

11 edges and 11 vertices looked at in 12 ms.
`);
  });

  test('leaves out what came only after the information had been passed on', () => {
    expect(text()).not.toContain('late.php');
  });

  test('tells what flowed into a vertex once, also where several paths pass it', () => {
    const [first] = answer().rootCauses;
    const twice = text({ rootCauses: [first!, { ...first!, rank: 2 }] });
    expect(twice.split('through cat /etc/secret')).toHaveLength(2);
    expect(twice).toContain('Cause 2');
  });

  test('tells the first ways there are, and that there are more', () => {
    const [first] = answer().rootCauses;
    const self = { ...first!, path: [] };
    const ranked = [self, first!, first!, first!, first!].map((cause, i) => ({ ...cause, rank: i + 1 }));
    const shown = text({ rootCauses: ranked });
    expect(shown.match(/^Cause \d/gm)).toEqual(['Cause 2', 'Cause 3', 'Cause 4']);
    expect(shown).toContain('The ways of 1 more cause are in what --json prints.');
  });

  test('never hands an escape of a log on to the terminal', () => {
    const evil = vertex('client', 'socket', 'GET \x1b]0;owned\x07/\x1b[2J', '\x1b[31m');
    const shown = text({
      symptom: { input: '\x1b[31mred\u202e', matched: [evil], how: 'log \x9b31m line', also: [] },
      graph: { vertices: [evil, ...vertices.slice(1)], edges },
    });
    expect(shown).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(shown).toContain('\\x1b]0;owned\\x07');
  });

  test('says what was cut off and what is missing', () => {
    const shown = text({
      truncated: {
        depth: true,
        vertices: false,
        hubs: ['file:/hub'],
        matches: false,
        deadline: false,
        gaps: false,
      },
      gaps: [
        { stream: 's', host: 'h', from: second(1), until: second(2), missing: 3, reason: 'ring was full' },
      ],
    });
    expect(shown).toContain(
      'Cut off: there is more beyond the depth (--depth); not all edges were read of file:/hub.',
    );
    expect(shown).toContain(`Missing: 3 records of h (s), ${second(1)} to ${second(2)}: ring was full.`);
  });

  test('says what a way is not known by, and what else it could be where records are missing', () => {
    const [first] = answer().rootCauses;
    const gap = { kind: 'gap' as const, detail: '3 records of h (ring was full)' };
    const path = first!.path.map((step, i) => ({ ...step, marks: i === 1 ? [gap] : [] }));
    const other = { vertex: vertices[2]!, why: '/srv/link.php was read', score: 0.1 };
    const shown = text({ rootCauses: [{ ...first!, path, crossesGap: true, alternatives: [other] }] });
    expect(shown).toContain('Its way crosses a gap, at fork → mal.sh: 3 records of h (ring was full).');
    expect(shown).toContain('If that hid something, rather: /srv/link.php was read (0.100).');
  });

  test('says whose clock the times are, and how well others are known', () => {
    const clock = { offsetMs: 0, errorMs: 0, driftPpm: 0, samples: 9 };
    const clocks = [
      { ...clock, host: 'web' },
      { ...clock, host: 'app', offsetMs: -5_000.1, errorMs: 0.25, driftPpm: 200 },
    ];
    expect(text({ clocks })).toContain(
      'Clocks: times are web’s; app is 5,000.100 ms behind ± 0.250 ms, drifting 200 ppm, by 9 exchanges.',
    );
  });

  test('gives whole times where a path crosses midnight', () => {
    const path = [
      { from: 'client', to: 'unit', op: 'accept4', time: '2026-11-24T23:59:59.000000000Z', marks: [] },
      { from: 'unit', to: 'out', op: 'write', time: '2026-11-25T00:00:01.000000000Z', marks: [] },
    ];
    const shown = text({ rootCauses: [{ ...answer().rootCauses[0]!, path }] });
    expect(shown).toContain('+2.000 s  2026-11-25T00:00:01.000000000Z');
  });

  test('has colour only where it is asked for', () => {
    expect(text()).not.toContain('\x1b');
    expect(whyText(answer(), paint(true))).toContain('\x1b[');
  });
});
