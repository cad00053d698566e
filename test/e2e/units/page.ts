/** docs/UNITS.md: what units are, what their reasons and confidences mean, and how well they fit the truth. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Reach } from './reach.ts';
import type { Load, Measured } from './run-server.ts';

const file = fileURLToPath(new URL('../../../docs/UNITS.md', import.meta.url));

export interface NamedReach {
  readonly recording: string;
  readonly reach: Reach;
}

export function writePage(measured: readonly Measured[], reaches: readonly NamedReach[], load: Load): void {
  const text = [intro, truthText(measured, load), reachText(reaches), limits].join('\n');
  writeFileSync(file, text);
}

const intro = `# Execution units

Written by \`npm run units-truth\`; do not edit it by hand (\`test/e2e/units/page.ts\`).

\`disprotrack units\` lists the units of a store, each with its common log: what it printed and called, in order. The
store keeps a repeated call on one object as one edge, so an entry may stand for several calls: it says how many, and
when the last was. A unit has a reason and a confidence.

| reason       | the unit begins                                                                                    |
| ------------ | -------------------------------------------------------------------------------------------------- |
| \`connection\` | where a connection was accepted, or first used by a process that got it from who accepted it       |
| \`request\`    | where something was read from a kept-alive connection after an answer had been written to it       |
| \`job\`        | where a worker, forked without exec, read a pipe that it inherited                                 |
| \`lms-cfg\`    | where a line was printed that begins a turn of an event-handling loop, with no connection to go by |

The confidence is how sure it is that the unit is one request, connection, job or turn: no more, and no less. It starts
at 0.98, 0.97, 0.9 and 0.8 by reason. It is less where one thread went to and fro between units (× 0.97; × 0.7 where
the source tells no threads apart), where the beginning was not seen (× 0.5), and, for \`lms-cfg\`, by up to a half as
more of its lines could not follow those before them. The first two are below what is measured here; the others are
judgements.
`;

function truthText(measured: readonly Measured[], { clients, requests }: Load): string {
  const rows = measured.map(({ server, units, lines }) => [
    server.name,
    server.model,
    String(units.trueUnits),
    share(units.precision),
    share(units.recall),
    share(units.f1),
    `${share(units.callsRight)} of ${units.calls}`,
    units.lines === 0 ? '–' : `${share(units.linesRight)} of ${units.lines}`,
    lines.lines === 0 ? '–' : `${share(lines.right / lines.lines)} of ${lines.lines}`,
  ]);
  const head =
    'server|model|units|precision|recall|F1|calls in their unit|lines in their unit|lines as their statement';
  return `## Against the truth

${clients} clients at a time, each with a connection that it keeps alive and ${requests} requests on it, or, for openssh and
vsftpd, with as many sessions one after another, some milliseconds apart; ${cpus().length} processors; recorded by eBPF, with the profiles that \`analyse\` makes of the
programs. Every request has a tag, in its path or key and a header. The truth is made of the tags in the files that are
opened and the lines that are printed, and of the client's own count of the bytes that it sent and received, held
against the bytes that the server read and wrote on that connection; what lies between two calls of one request in one
thread is that request's; what several processes do for one request is a unit of each. None of it is seen by the program. Boundaries are first and last calls of units; right is a
call or line in the one unit that has most of its request. Lines as their statement: those that the program's own
statements print; which statement prints which was written down by hand, from knowledge of its sources and after its
output had been seen. Access lines are made by configuration.

${table(head.split('|'), rows)}

${remarks(measured)}`;
}

function remarks(measured: readonly Measured[]): string {
  const of = (name: string) => measured.find(({ server }) => server.name === name);
  const lighttpd = of('lighttpd');
  const node = of('node');
  return [
    ...(lighttpd === undefined
      ? []
      : [
          '- _lighttpd_ buffers its access log: lines of many requests are one write, which one of them makes. Each line is of the',
          '  unit that opened what it names.',
        ]),
    ...(node === undefined
      ? []
      : [
          '- _Node_ opens files in threads of a pool, which nothing in the kernel ties to a request. They are told by the words',
          `  of the lines that a request printed before, and else by order; ${share(1 - node.units.callsRight)} of calls are given to another request.`,
        ]),
    '- _php-fpm-kept_: the 8 bytes of a FastCGI request that say that there is no input are read with the next request, and',
    '  count for neither. Counted for the request that sent them, no boundary is where it should be.',
    '- _MariaDB_: logging in is a unit of its own, and so is leaving.',
    ...(of('go-node') === undefined
      ? []
      : [
          '- _go-…_ are a reverse proxy in Go that starts a function and prints what it prints, as OpenFaaS’s watchdog does in its',
          '  HTTP mode; they are not that watchdog. Goroutines go from thread to thread through memory alone: a new',
          '  connection may be used by another request than the one that it was made for, and a line is taken for that of',
          '  the connection that its thread read last.',
        ]),
    '- A call that the graph keeps no edge of (close, a read that gave nothing) is not counted.',
    '',
  ].join('\n');
}

function reachText(reaches: readonly NamedReach[]): string {
  const rows = reaches.map(({ recording, reach: { all, shown, served } }) => [
    recording,
    each(all.withUnits),
    each(all.withoutUnits),
    (all.withoutUnits.mean / all.withUnits.mean).toFixed(1),
    each(all.published),
    each(shown.withUnits),
    each(shown.withoutUnits),
    (shown.withoutUnits.mean / shown.withUnits.mean).toFixed(1),
    each(served.withUnits),
    each(served.withoutUnits),
    (served.withoutUnits.mean / served.withUnits.mean).toFixed(1),
  ]);
  const head =
    'recording|with units|without|ratio|published|with units, shown|without, shown|ratio|with units, served|without, served|ratio';
  return `## What it brings

Vertices that a backward trace reaches from 200 random symptoms, mean (and median): half of them lines that units
printed, half connections and files (but logs) that units wrote to. _Without_: what a unit did, its process did.
_Published_: one state in one LMS-CFG for all processes, paths for identities, no time
(\`test/e2e/units/published-partition.ts\`); it is less where it cuts what belongs together, and more where paths make one
of many processes. Most of what remains with units is what a process held before it served anyone: libraries,
configuration. _Shown_ leaves out what an answer folds away with or without units ([RANKING.md](RANKING.md)): libraries and
files of the system, what one process alone wrote and read, and what a program took up before it served anyone and
nobody else wrote; each of these has no other cause. _Served_ counts only what was first seen after the first unit had
begun.

${table(head.split('|'), rows)}
`;
}

const limits = `## Limits

- Requests that are sent without waiting for answers (pipelining, HTTP/2, a database's batches) are one unit from the
  first read after an answer to the next.
- An interim answer (\`100 Continue\`), and a handshake of several turns (TLS), make units of their own.
- A process that was made for one connection (sshd, vsftpd, PostgreSQL) is one unit, however much is asked on it.
- Audit tells no threads apart. Futexes are not recorded: work that threads hand over through memory alone is found by
  its descriptors, by who wakes whom through an event counter or pipe, and by what lines name.
- Datagrams begin no units.
- Lines of a buffer are told apart by the files that they name. Where they name none (what is passed on, what is not
  found), they are of the unit that wrote the buffer.
- Not measured: OpenFaaS's own watchdog.
`;

function share(part: number): string {
  return part.toFixed(3);
}

function each({ mean, median }: { readonly mean: number; readonly median: number }): string {
  return `${mean.toFixed(0)} (${median})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
