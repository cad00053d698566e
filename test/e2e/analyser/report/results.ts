/** What the parts of the measurement give. Each can be measured alone. */
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
