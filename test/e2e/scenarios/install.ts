/** Debian packages that scenarios, and what drives them, are from. */
import { installPackages } from '../analyser/tool/install.ts';
import type { Scenario } from './scenario.ts';

const always = ['iproute2', 'python3', 'util-linux'];

export async function installFor(scenarios: readonly Scenario[]): Promise<void> {
  await installPackages([...new Set([...scenarios.flatMap(({ packages }) => packages), ...always])]);
}
