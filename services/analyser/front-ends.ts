/** The kinds of files that are analysed. A new kind is one more entry; nothing else knows which there are. */
import { elfFrontEnd } from './binary/front-end.ts';
import type { FrontEnd } from './front-end.ts';
import { sourceFrontEnd } from './source/front-end.ts';

/** The first that accepts a file has it. */
export const frontEnds: readonly FrontEnd[] = [elfFrontEnd, sourceFrontEnd];
