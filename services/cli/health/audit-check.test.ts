import { expect, test } from 'vitest';
import { auditFinding } from './audit-check.ts';

const status = (enabled: number, pid: number, lost: number): string =>
  `enabled ${enabled}\nfailure 1\npid ${pid}\nrate_limit 0\nbacklog_limit 8192\nlost ${lost}\nbacklog 0\n`;

test('says who owns it', () => {
  const finding = auditFinding(status(1, 77, 0), (pid) => (pid === 77 ? 'auditd' : undefined));
  expect(finding).toMatchObject({
    state: 'fine',
    text: 'on; owned by auditd (pid 77); 0 records lost since boot',
  });
});

test('says how to turn it on', () => {
  expect(auditFinding(status(0, 0, 0), () => undefined)).toMatchObject({
    state: 'optional',
    text: 'off; nobody owns it; 0 records lost since boot',
    fix: 'auditctl -e 1',
  });
});

test('a loss is shown with the larger backlog that would have held it', () => {
  const finding = auditFinding(status(1, 0, 9), () => undefined);
  expect(finding).toMatchObject({ state: 'optional', fix: 'auditctl -b 16384' });
  expect(finding.text).toContain('9 records lost');
});
