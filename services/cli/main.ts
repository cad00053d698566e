#!/usr/bin/env node
/**
 * The process `disprotrack`: how it is compiled, and what it takes from its surroundings. All that a test could want
 * to look at is in program.ts.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
// What most commands want of Node: it comes compiled, which V8 takes only as long as its flags are Node's.
import 'node:child_process';
import 'node:crypto';
import 'node:fs/promises';
import 'node:worker_threads';
import 'node:zlib';
import { processTerminal } from './terminal.ts';

// V8 compiles a function at its first call, and Node's compile cache has only what was compiled with the module. So
// each run would compile the thousand functions of a small import anew: an eighth of its time.
setFlagsFromString('--no-lazy');
const { runProgram } = await import('./program.ts');

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

process.exitCode = await runProgram(process.argv.slice(2), {
  terminal: processTerminal(),
  version,
  untilStopped: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    }),
});
