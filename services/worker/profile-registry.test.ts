import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createLmsCfg, type LmsNode } from '../core/lms/lms-cfg.ts';
import { ProfileRegistry, readProfiles } from './profile-registry.ts';

function cfg(program: string, text: string, buildId?: string) {
  const marks = { function: undefined, loopStart: false, loopEnd: false, endSyscalls: [] };
  const nodes: LmsNode[] = [{ id: 0, text, regex: `^${text}$`, ...marks }];
  return createLmsCfg({ program, buildId, nodes }, []);
}

describe('the profiles of a process', () => {
  const refused: string[] = [];
  const registry = new ProfileRegistry(
    [
      cfg('/usr/sbin/server', 'old', 'aa'),
      cfg('server', 'new', 'bb'),
      cfg('libx.so.1', 'library'),
      cfg('job.py', 'script'),
    ],
    (sentence) => refused.push(sentence),
  );
  const texts = (...images: Parameters<typeof registry.of>[0]) =>
    registry.of(images)?.cfg.nodes.map(({ text }) => text);

  test.each([
    ['the build that runs', [{ path: '/usr/sbin/server', buildId: 'aa' }], ['old', 'library']],
    ['the last given where no build is known', [{ path: '/opt/server' }], ['new', 'library']],
    ['what is known to run beside it', [{ path: 'server' }, { path: '/srv/job.py' }], ['new', 'script']],
    ['none', [{ path: '/bin/other' }, { path: 'libx.so.1' }], undefined],
  ] as const)('%s', (_, images, expected) => {
    expect(texts(...(images as unknown as Parameters<typeof registry.of>[0]))).toEqual(expected);
  });

  test('of another build are refused, and that is said once', () => {
    expect(texts({ path: '/usr/sbin/server', buildId: 'cc' })).toBeUndefined();
    expect(texts({ path: '/usr/sbin/server', buildId: 'cc' })).toBeUndefined();
    expect(refused).toEqual([
      '/usr/sbin/server is of build cc, its profile of aa, bb: the profile is not used for it',
    ]);
  });

  test('match as one', () => {
    const found = registry.of([{ path: 'server' }])!.match('library');
    expect(found.map(({ node }) => node.id)).toEqual([1]);
  });
});

describe('a corrupt profile names the place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-profile-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
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
    await expect(readProfiles([path])).rejects.toThrow(message);
    await expect(readProfiles([path])).rejects.toMatchObject({ code: 'profile' });
  });
});
