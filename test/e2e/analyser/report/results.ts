/** The last results of every part of the measurement, kept between runs so that a part can be measured alone. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../debian/package-store.ts';
import type { CallSites } from '../measure/call-sites.ts';
import type { Cost } from '../measure/cost.ts';
import type { LineOrder } from '../measure/line-order.ts';
import type { MessageCodes } from '../measure/message-codes.ts';
import type { ProgramTexts } from '../measure/program-texts.ts';

export interface Results {
  readonly strings: readonly ProgramTexts[];
  readonly codes: readonly MessageCodes[];
  readonly sites: readonly CallSites[];
  readonly edges: readonly (LineOrder & { readonly name: string })[];
  readonly figures: readonly Cost[];
}

export type Part = keyof Results;

export const parts: readonly Part[] = ['strings', 'codes', 'sites', 'edges', 'figures'];

/** Results of another shape are measured anew. */
const shape = 3;
const folder = join(cacheFolder, `results-${shape}`);

export function keep<P extends Part>(part: P, results: Results[P]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${part}.json`), JSON.stringify(results, undefined, 1));
}

/** Empty where it was never measured. */
export function kept<P extends Part>(part: P): Results[P] | readonly [] {
  try {
    return JSON.parse(readFileSync(join(folder, `${part}.json`), 'utf8')) as Results[P];
  } catch {
    return [];
  }
}
