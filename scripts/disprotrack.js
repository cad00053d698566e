#!/usr/bin/env node
/** The command `disprotrack`: hands over to the command line under the pinned Node, in the caller's folder. */
import { runPinned } from './run.js';

await runPinned('services/cli/main.ts', process.argv.slice(2));
