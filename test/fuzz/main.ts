/** `npm run fuzz`: all targets, one after the other. `-- --seconds N` shares N seconds between them (60 by default). */
import { auditTarget } from './audit.ts';
import { runTargets } from './command-line.ts';
import { elfTarget } from './elf.ts';
import { matchTarget } from './match.ts';
import { recordsTarget } from './records.ts';
import { sensorsTarget } from './sensors.ts';

runTargets([auditTarget, elfTarget, matchTarget, recordsTarget, sensorsTarget]);
