/** What is expected of units, as sentences about what is not so. */
import type { Measured } from './run-server.ts';

const ownThread_f1_min = 0.98;
const async_f1_min = 0.95;
const lines_min = 0.97;

export function brokenPromises({ server, units, lines }: Measured): string[] {
  const broken: string[] = [];
  const f1_min = server.isAsync ? async_f1_min : ownThread_f1_min;
  const { name } = server;
  if (!(units.f1 >= f1_min))
    broken.push(`${name}: F1 of boundaries is ${units.f1.toFixed(3)}, not ${f1_min}`);
  if (lines.lines > 0 && lines.right / lines.lines < lines_min) {
    broken.push(
      `${name}: ${lines.right} of ${lines.lines} lines have their statement: ${lines.wrong.join('; ')}`,
    );
  }
  if (lines.unjudged.length > 0) broken.push(`${name}: lines nobody judged: ${lines.unjudged.join('; ')}`);
  return broken;
}
