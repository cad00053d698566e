/** Debian packages that scenarios, and what drives them, are from. */
import { installPackages, isInstalled } from '../analyser/tool/install.ts';
import type { Scenario } from './scenario.ts';

const always = ['iproute2', 'python3', 'util-linux'];

export async function installFor(scenarios: readonly Scenario[]): Promise<void> {
  const wanted = [...new Set([...scenarios.flatMap(({ packages }) => packages), ...always])];
  const there = await Promise.all(wanted.map(isInstalled));
  const missing = wanted.filter((_, i) => !there[i]);
  if (missing.length > 0) await installPackages(missing);
}
