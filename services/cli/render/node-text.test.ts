import { expect, test } from 'vitest';
import { LmsCfgProfile } from '../../contract/lms-cfg-profile.ts';
import { toLmsCfg } from '../../contract/profile-form.ts';
import { findNodes } from './node-text.ts';

const strings: readonly (readonly [text: string, regex: string])[] = [
  ['%s: %s', '^(.*): (.*)$'],
  ['user %s: %s', '^user (.*): (.*)$'],
  ['[%d] %s', '^\\[(-?\\d+)\\] (.*)$'],
  ['user gone', '^user gone$'],
];
const profile = LmsCfgProfile.parse({
  ...{ format: 'disprotrack-lms-cfg', version: 2, program: 'server' },
  nodes: strings.map(([text, regex], id) => ({
    id,
    text,
    regex,
    address: `0x${(0x1000 + id).toString(16)}`,
  })),
  links: strings.map(() => []),
});

function check(wanted: string, texts: readonly string[], catchAlls: readonly string[] = []): void {
  const found = findNodes(profile, wanted, toLmsCfg(profile));
  expect(found.nodes.map(({ text }) => text)).toEqual(texts);
  expect(found.catchAlls).toEqual(catchAlls);
}

test.each<[string, string, readonly string[], (readonly string[])?]>([
  ['an address', '0x1003', ['user gone']],
  ['a whole text, though others hold it', 'user gone', ['user gone']],
  ['a part of a text', 'gone', ['user gone']],
  ['a line that a telling string prints, and not what would print any', 'user bob: hello', ['user %s: %s']],
  ['a line that only prints of anything fit', 'nobody: hello', [], ['%s: %s']],
  ['a line of digits and marks', '[12] hello', [], ['[%d] %s']],
  ['an address that nothing is at', '0x2000', []],
  ['nothing', 'hello', []],
])('%s', (_name, wanted, texts, catchAlls) => check(wanted, texts, catchAlls));
