/** The name of a profile in a registry: a folder that holds one file for each build of a program. */
import type { LmsCfgProfile } from './lms-cfg-profile.ts';

/** Of one registry. */
export const registry_files_max = 10_000;

/** By build id; by the hash of what was analysed where there is none, as for sources. */
export function profileFile({ buildId, sourceHash }: Pick<LmsCfgProfile, 'buildId' | 'sourceHash'>): string {
  return `${buildId ?? sourceHash}.json`;
}
