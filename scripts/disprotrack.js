#!/usr/bin/env node
/** The command `disprotrack` in a checkout that is still to be set up: then the command line, in the caller's folder. */
import { runPinned } from './run.js';

await runPinned('services/cli/main.ts', process.argv.slice(2));
