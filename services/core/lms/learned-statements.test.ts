import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LearnedStatements } from './learned-statements.ts';
import { templateOf } from './template.ts';

const session = ['eve', 'bob', 'ann'].map(
  (user) => templateOf(`session was opened in room ${user}`).template,
);

test('what an older statement takes in is told, and every name stays one of the templates', () => {
  const joined: string[] = [];
  const learned = new LearnedStatements(new Map(), (program, founder) =>
    joined.push(`${program} ${founder}`),
  );
  expect(session.map((template) => learned.of('sshd', template))).toEqual([
    session[0],
    session[1],
    session[0],
  ]);
  expect(joined).toContain(`sshd ${session[1]}`);
  expect(learned.of('sshd', session[1]!)).toBe(session[0]);
  expect(learned.of('cron', session[1]!)).toBe(session[1]);
});

const line = fc
  .tuple(
    fc.constantFrom('sshd', 'cron'),
    fc.constantFrom('session opened for user', 'could not open the file', 'sent to queue at'),
    fc.constantFrom('eve', 'bob', 'ann', 'x.y', '/a/b', '12'),
    fc.constantFrom('', 'now'),
  )
  .map(([program, text, value, end]) => [program, templateOf(`${text} ${value} ${end}`).template] as const);

test('a restart anywhere learns the same', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.uniqueArray(fc.nat(40)), (lines, restarts) => {
      const whole = new LearnedStatements(new Map(), () => {});
      const state = new Map<string, string>();
      let cut = new LearnedStatements(state, () => {});
      for (const [i, [program, template]] of lines.entries()) {
        expect(cut.of(program, template)).toBe(whole.of(program, template));
        if (!restarts.includes(i)) continue;
        const changes = new Map<string, string | undefined>();
        cut.drainInto(changes);
        for (const [key, json] of changes) state.set(key, json!);
        cut = new LearnedStatements(state, () => {});
      }
    }),
  );
});
