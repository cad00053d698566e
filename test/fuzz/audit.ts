/**
 * Fuzzes the audit reader: mutations of the saved corpus and of the golden logs. Whatever the input is, it must not
 * throw, account for every line and record, give the same for any cut into chunks, and keep within its bounds.
 * An input that once broke it belongs in test/fuzz/corpus/audit. Run alone: node test/fuzz/audit.ts --seconds 60
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SystemEvent } from '../../services/core/event/event.ts';
import type { Random } from '../bench/random.ts';
import { runAlone } from './command-line.ts';
import { fuzzLoop } from './fuzz-loop.ts';
import type { FuzzOptions, FuzzReport, FuzzTarget } from './fuzz-target.ts';
import { mutate } from './mutation.ts';
import { type ReadAudit, readAudit } from './read-audit.ts';

export const auditTarget: FuzzTarget = { name: 'audit', extension: 'txt', run: fuzzAudit };

/** Throws where the input breaks an invariant. */
export function checkAuditInput(input: Uint8Array, random: Random): void {
  const options = {
    lineBytesMax: random.oneIn(4) ? 300 : 2 ** 16,
    hostsMax: random.oneIn(4) ? 2 : 256,
    diagnosticsMax: random.oneIn(2) ? 2 : 100,
    window: random.oneIn(2) ? { lagRecords: 1 + random.below(20), eventsMax: 1 + random.below(20) } : {},
  };
  const whole = readAudit(input, options);
  checkAccounts(whole, input);
  checkBounds(whole, input, options.diagnosticsMax);
  const cuts = Array.from({ length: 1 + random.below(30) }, () => random.below(input.length + 1));
  const pieces = readAudit(
    input,
    options,
    cuts.sort((a, b) => a - b),
  );
  if (text(pieces) !== text(whole)) throw new Error(`cut at ${cuts.join(', ')} it gives something else`);
}

function fuzzAudit(options: FuzzOptions): FuzzReport {
  const corpus = readCorpus();
  const next = (random: Random): Uint8Array =>
    mutate(random.pick(corpus), random.pick(corpus), random, dictionary, lengthMax);
  return fuzzLoop({ ...options, corpus, next, check: checkAuditInput, elapsedMsMax });
}

function checkAccounts({ events, counts }: ReadAudit, input: Uint8Array): void {
  const must = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`${what}: ${JSON.stringify(counts)}`);
  };
  const byType = Object.values(counts.byType).reduce((sum, count) => sum + count, 0);
  must(counts.lines === lineCount(input), `${lineCount(input)} lines are not all counted`);
  must(counts.lines === counts.records + counts.blankLines + counts.brokenLines, 'a line is unaccounted for');
  must(counts.records === counts.recordsInEvents + counts.loneEnds, 'a record is unaccounted for');
  must(counts.records === byType, 'types do not add up');
  must(counts.events === events.length, 'events do not add up');
  must(counts.bytes === input.length, 'bytes do not add up');
}

/** What is given out is no larger than what came in, but for what every event has and every path is completed with. */
function checkBounds({ events, diagnostics }: ReadAudit, input: Uint8Array, diagnosticsMax: number): void {
  const each = new Map<string, number>();
  for (const { code, line, column, message } of diagnostics) {
    each.set(code, (each.get(code) ?? 0) + 1);
    if (line < 0 || column < 0 || message === '') throw new Error(`a diagnostic points nowhere: ${code}`);
    if (column > input.length + 1) throw new Error(`column ${column} is not in the input`);
  }
  // One more says how many were left out.
  for (const [code, count] of each) if (count > diagnosticsMax + 1) throw new Error(`${count} times ${code}`);
  for (const event of events) {
    const size = event.others.reduce((sum, other) => sum + other.text.length, event.argv.join('').length);
    // A byte that is no text becomes four characters.
    if (size > 4 * input.length) throw new Error(`an event of ${size} characters from ${input.length} bytes`);
    checkNumbers(event);
  }
}

function checkNumbers(event: SystemEvent): void {
  const numbers = [event.serial, event.exit, event.pid, event.ppid, event.uid, event.auid, event.session];
  const ofPaths = event.paths.flatMap((path) => [path.item, path.inode ?? 0, path.mode ?? 0]);
  for (const number of [...numbers, ...event.args, ...ofPaths]) {
    if (Number.isNaN(number)) throw new Error(`not a number in serial ${event.serial}`);
  }
  for (const { path } of event.paths) {
    if (path !== undefined && !path.startsWith('/')) throw new Error(`a path that is not absolute: ${path}`);
  }
}

function lineCount(input: Uint8Array): number {
  let lines = 0;
  for (const byte of input) if (byte === 10) lines++;
  return input.length > 0 && input[input.length - 1] !== 10 ? lines + 1 : lines;
}

function text(read: ReadAudit): string {
  return JSON.stringify(read, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}

function readCorpus(): Uint8Array[] {
  return [new URL('corpus/audit/', import.meta.url), new URL('../golden/audit/', import.meta.url)].flatMap(
    (folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.txt'))
        .sort()
        .map((name) => new Uint8Array(readFileSync(fileURLToPath(new URL(name, folder))))),
  );
}

const lengthMax = 20_000;
/** Far above what 20 kB take on a loaded machine: only what grows faster than its input gets there. */
const elapsedMsMax = 2000;

const dictionary = [
  ...[
    'SYSCALL',
    'PATH',
    'CWD',
    'EXECVE',
    'SOCKADDR',
    'PROCTITLE',
    'EOE',
    'MMAP',
    'FD_PAIR',
    'SOCKETCALL',
    'AVC',
  ],
  ...['DAEMON_START', 'DAEMON_ROTATE', 'SYSTEM_BOOT', 'USER_LOGIN', 'UNKNOWN[1300]', '1327', 'NEVER_SEEN'],
]
  .map((type) => `\ntype=${type} msg=audit(1700000000.100:50): `)
  .concat([
    ...[
      ' a0=',
      ' a1[0]=',
      ' a1[1]=',
      ' a99999999=',
      ' a1_len=9',
      ' argc=4294967296',
      ' key=',
      ' name=',
      ' cwd=',
    ],
    ...[
      '(null)',
      '"',
      "'",
      '\x1d',
      'ARCH=',
      ' SYSCALL=openat',
      ' node=other ',
      '\r\n',
      '\n',
      '\n\n',
      '----\n',
    ],
    ...['arch=40000003 ', 'arch=c00000b7 ', 'syscall=102 ', 'item=-1 ', '99999999999999999999', ' exit=-115'],
    ...['../', 'pid = 1, date = [12] ', 'audit(9.9:4294967295): ', 'saddr=0100', 'saddr=0A00', 'C3', '\xff'],
  ])
  .map((word) => new TextEncoder().encode(word));

if (import.meta.main) runAlone(auditTarget);
