/** All scenarios. */

import { badConfiguration } from './scenario/bad-configuration.ts';
import { containerEscape } from './scenario/container-escape.ts';
import { credentialReuse } from './scenario/credential-reuse.ts';
import { cronPersistence } from './scenario/cron-persistence.ts';
import { dataTheft } from './scenario/data-theft.ts';
import { fullDisk } from './scenario/full-disk.ts';
import { logTampering } from './scenario/log-tampering.ts';
import { nodeInjection } from './scenario/node-injection.ts';
import { pathTraversal } from './scenario/path-traversal.ts';
import { pythonInjection } from './scenario/python-injection.ts';
import { sqlInjection } from './scenario/sql-injection.ts';
import { stolenSession } from './scenario/stolen-session.ts';
import { supplyChain } from './scenario/supply-chain.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [
  dataTheft,
  sqlInjection,
  pythonInjection,
  nodeInjection,
  pathTraversal,
  stolenSession,
  supplyChain,
  cronPersistence,
  containerEscape,
  credentialReuse,
  logTampering,
  badConfiguration,
  fullDisk,
];

export function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario !== undefined) return scenario;
  throw new Error(`there is no scenario ${name}; there are ${scenarios.map((each) => each.name).join(', ')}`);
}
