import { describe, expect, test } from 'vitest';
import { LmsCfgProfile } from './lms-cfg-profile.ts';
import { packedLinks, profileText, toLmsCfg } from './profile-form.ts';

const node = (id: number, fields: object = {}) => ({
  id,
  text: `line ${id}`,
  regex: `^line ${id}$`,
  ...fields,
});
const byHand = {
  format: 'disprotrack-lms-cfg',
  version: 2,
  program: 'server',
  nodes: [node(0, { loopStart: true }), node(1), node(2, { loopEnd: true, endSyscalls: ['close'] })],
};

test('a profile by hand needs texts, regexes and edges', () => {
  const cfg = toLmsCfg(
    LmsCfgProfile.parse({
      ...byHand,
      edges: [
        [0, 2],
        [0, 1],
        [1, 2],
      ],
    }),
  );
  expect(cfg.nodes.map(({ id }) => cfg.successors(id))).toEqual([[1, 2], [2], []]);
  expect(cfg.nodes[2]).toMatchObject({ loopStart: false, loopEnd: true, endSyscalls: ['close'] });
});

test('links lead through junctions, also round in a ring', () => {
  const links = packedLinks([[1, 3], [3], [], [2, 4], [0, 3]]);
  expect(links[3]).toEqual([2, 2]);
  const cfg = toLmsCfg(LmsCfgProfile.parse({ ...byHand, junctions: 2, links }));
  expect(cfg.nodes.map(({ id }) => cfg.successors(id))).toEqual([[0, 1, 2], [0, 2], []]);
});

test('the text of a profile reads back as the profile, and is the same every time', () => {
  const profile = LmsCfgProfile.parse({
    ...byHand,
    buildId: 'ab12',
    bt: 3,
    counts: { functions: 2, blocks: 9, callSites: 4 },
    unresolved: { jumps: 0, calls: 1 },
    coverage: 'One indirect call has no known target.',
    junctions: 1,
    links: packedLinks([[3], [3], [], [1, 2]]),
  });
  expect(LmsCfgProfile.parse(JSON.parse(profileText(profile)))).toEqual(profile);
  expect(profileText(structuredClone(profile))).toBe(profileText(profile));
});

describe('what is refused', () => {
  test.each([
    ['an earlier version', { version: 1, edges: [] }, 'make the profile anew'],
    ['ids that are no places', { nodes: [node(1)] }, 'its place in the list'],
    ['a regex that is none', { nodes: [node(0, { regex: '(' })] }, 'no regular expression'],
    ['an edge to nowhere', { edges: [[0, 3]] }, 'no node 3'],
    ['a link to nowhere', { junctions: 1, links: [[3, 1]] }, 'lead outside of 3 nodes and 1 junctions'],
    ['links of nobody', { links: [[], [], [], [0]] }, 'lead outside'],
    ['links and edges', { links: [], edges: [] }, 'one of the two'],
    ['an unknown field', { edegs: [] }, 'edegs'],
  ])('%s', (_, fields, sentence) => {
    const { error } = LmsCfgProfile.safeParse({ ...byHand, ...fields });
    expect(error?.issues.map((issue) => issue.message).join()).toContain(sentence);
  });
});
