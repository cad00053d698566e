/** The lines of one file in strace's output, by thread. It must not know what wrote them. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface LogLine {
  readonly thread: string;
  readonly text: string;
}

const call = /^(\d+) +(?:write|writev)\(\d+<([^>]*)>, (.*)$/;
const literal = /"((?:[^"\\]|\\.)*)"/g;

export async function logLines(
  trace: Readable,
  path: string,
  otherThread?: RegExp,
): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  /** What a thread wrote after its last newline. */
  const rests = new Map<string, string>();
  for await (const row of createInterface({ input: trace })) {
    const [, thread, file, args] = call.exec(row) ?? [];
    if (thread === undefined || file !== path) continue;
    const written = [...args!.matchAll(literal)].map((match) => withoutEscapes(match[1]!)).join('');
    const parts = ((rests.get(thread) ?? '') + written).split('\n');
    rests.set(thread, parts.pop()!);
    for (const text of parts) {
      const plain = text.replace(/\r$/, '');
      if (plain.trim() === '') continue;
      const moved = otherThread?.test(plain) === true;
      lines.push({
        thread: moved ? `${thread}'` : thread,
        text: otherThread ? plain.replace(otherThread, '') : plain,
      });
    }
  }
  return lines;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f', a: '\x07' };

function withoutEscapes(body: string): string {
  const bytes = body.replaceAll(/\\([0-7]{1,3}|.)/gs, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
