import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Diagnostic } from '../core/diagnostic.ts';
import { createLmsCfg, type LmsNode } from '../core/lms/lms-cfg.ts';
import { ProfileRegistry, readProfiles } from './profile-registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-registry-'));
const registryFolder = join(folder, 'registry');
mkdirSync(registryFolder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filed(program: string, text: string, buildId?: string) {
  const marks = { function: undefined, loopStart: false, loopEnd: false, endSyscalls: [] };
  const nodes: LmsNode[] = [{ id: 0, text, regex: `^${text}$`, ...marks }];
  return { path: `${text}.json`, cfg: createLmsCfg({ program, buildId, nodes }, []) };
}

describe('the profiles of a process', () => {
  const found: Diagnostic[] = [];
  const named = [
    filed('/usr/sbin/server', 'old', 'aa'),
    filed('server', 'new', 'bb'),
    filed('libx.so.1', 'library'),
    filed('job.py', 'script'),
  ];
  const registered = [
    filed('server', 'registered', 'dd'),
    filed('tool', 'one', 'ee'),
    filed('tool', 'two', 'ff'),
  ];
  const registry = new ProfileRegistry(named, registered, (d) => found.push(d));
  type Images = Parameters<typeof registry.of>[0];
  const texts = (...images: Images) => registry.of(images)?.cfg.nodes.map(({ text }) => text);

  test.each([
    ['the build that runs', [{ path: '/usr/sbin/server', buildId: 'aa' }], ['old', 'library']],
    ['a build that only the registry has', [{ path: 'server', buildId: 'dd' }], ['registered', 'library']],
    ['the last named where no build is known', [{ path: '/opt/server' }], ['new', 'library']],
    ['what is known to run beside it', [{ path: 'server' }, { path: '/srv/job.py' }], ['new', 'script']],
    ['none', [{ path: '/bin/other' }, { path: 'libx.so.1' }], undefined],
  ] as const)('%s', (_, images, expected) => {
    expect(texts(...(images as unknown as Images))).toEqual(expected);
    expect(found).toEqual([]);
  });

  test('of another build are refused, and that is said once', () => {
    expect(texts({ path: '/usr/sbin/server', buildId: 'cc' })).toBeUndefined();
    expect(texts({ path: '/usr/sbin/server', buildId: 'cc' })).toBeUndefined();
    expect(found.splice(0).map((d) => d.message)).toEqual([
      '/usr/sbin/server is of build cc, its profile of aa, bb, dd: the profile is not used for it',
    ]);
  });

  test('of a library are used in whatever build, and that is said once', () => {
    const library = filed('/lib/liby.so.2', 'libraryB', 'ab');
    const told: string[] = [];
    const both = new ProfileRegistry([filed('server', 'new', 'bb'), library], [], (d) =>
      told.push(`${d.severity} ${d.message}`),
    );
    for (const buildId of ['bb', undefined]) expect(both.of([{ path: 'server', buildId }])).toBeDefined();
    expect(told).toEqual([
      'note liby.so.2 counts as loaded in build ab by every program that has a profile: no record says which libraries, and in which builds, a process has loaded',
    ]);
  });

  test('of several registered builds none is used where nothing says which ran', () => {
    expect(texts({ path: 'tool' })).toBeUndefined();
    expect(found.splice(0).map((d) => d.code)).toEqual(['several-builds']);
    expect(texts({ path: 'tool', buildId: 'ff' })).toEqual(['two', 'library']);
  });

  test.each([
    ['a script by its path', '/usr/bin/python3.11', 'python3 -u /srv/job.py --fast', ['script', 'library']],
    ['a script beside others', '/usr/bin/python3.11', 'python3 /srv/other.py', undefined],
    [
      'a program before what its arguments name',
      '/usr/sbin/server',
      'server /srv/job.py',
      ['new', 'library'],
    ],
    ['no program for a script', '/bin/cat', 'cat /usr/sbin/server', undefined],
  ])('by its arguments: %s', (_, exe, argv, expected) => {
    const found = registry.ofProgram({ exe, argv: argv.split(' '), buildId: undefined });
    expect(found?.cfg.nodes.map(({ text }) => text)).toEqual(expected);
  });

  test('match as one', () => {
    const matches = registry.of([{ path: 'server' }])!.match('library');
    expect(matches.map(({ node }) => node.id)).toEqual([1]);
  });
});

describe('profiles in files', () => {
  function write(path: string, program: string, text: string): string {
    const node = { id: 0, text, regex: `^${text}$` };
    const head = { format: 'disprotrack-lms-cfg', version: 2, program };
    writeFileSync(path, JSON.stringify({ ...head, nodes: [node], links: [[]] }));
    return path;
  }

  test('are found in named files first, then in folders', async () => {
    write(join(registryFolder, 'aa.json'), 'nginx', 'one');
    write(join(registryFolder, 'bb.json'), 'sshd', 'two');
    writeFileSync(join(registryFolder, 'bb.json.7.part'), 'half');
    const files = [write(join(folder, 'named.json'), 'nginx', 'three')];
    const profileOf = await readProfiles({ files, registries: [registryFolder] }, () => {});
    const texts = ['/usr/sbin/nginx', '/usr/sbin/sshd', '/bin/ls'].map(
      (exe) =>
        profileOf({ host: 'h', container: undefined, exe, argv: [], buildId: undefined })?.cfg.nodes[0]?.text,
    );
    expect(texts).toEqual(['three', 'two', undefined]);
  });

  test('that a folder has none is said', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const found: Diagnostic[] = [];
    await readProfiles({ files: [], registries: [empty] }, (d) => found.push(d));
    expect(found.map((d) => d.code)).toEqual(['no-profile']);
  });

  test('need their folder', async () => {
    const missing = readProfiles({ files: [], registries: [join(folder, 'none')] }, () => {});
    await expect(missing).rejects.toMatchObject({ code: 'missing' });
  });
});

describe('a corrupt profile names the place', () => {
  const node = '{"id":0,"text":"x","regex":"^x$"}';
  const head = '"format":"disprotrack-lms-cfg","version":2,"program":"p"';

  test.each([
    ['cut off', `{${head},"nodes":[${node}`, /JSON/],
    ['of no kind', '[]', /is no LMS-CFG profile: top: /],
    ['a node without text', `{${head},"nodes":[{"id":0,"regex":"x"}]}`, /nodes\.0\.text/],
    ['no regex', `{${head},"nodes":[${node},{"id":1,"text":"y","regex":"(y"}]}`, /nodes\.1\.regex/],
    [
      'a regex that can take for ever',
      `{${head},"nodes":[${node},{"id":1,"text":"y","regex":"^(?=(.*?)y)\\\\1y$"}]}`,
      /nodes\.1\.regex: at character 2: lookahead/,
    ],
    ['links out of bounds', `{${head},"nodes":[${node}],"links":[[7]]}`, /links\.0/],
    ['NUL bytes', '\0\0\0', /is no LMS-CFG profile/],
  ])('%s', async (name, text, message) => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, text);
    const read = () => readProfiles({ files: [path], registries: [] }, () => {});
    await expect(read()).rejects.toThrow(message);
    await expect(read()).rejects.toMatchObject({ code: 'profile' });
  });
});
