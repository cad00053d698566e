/** What the building of every function's blocks shares. It must not know any one function. */
import type { LmsSite } from '../../lms-cfg/log-program.ts';
import type { LogFinder } from '../message/log-finder.ts';
import type { Meanings } from '../program/meaning.ts';
import type { FunctionInfo } from '../program/symbol.ts';
import type { Budget } from '../source-limit.ts';
import type { Role, Traits } from '../traits.ts';
import type { CopyTable } from './copy-table.ts';

export interface FlowContext {
  readonly traits: Traits;
  readonly meanings: Meanings;
  readonly finder: LogFinder;
  readonly copies: CopyTable;
  readonly budget: Budget;
  /** Functions that something outside of the program calls. */
  readonly registered: Map<FunctionInfo, Role>;
  readonly counts: { calls: number; unresolvedCalls: number; logCalls: number };
  /** The site itself, or the one that is there already. */
  readonly site: (site: Omit<LmsSite, 'regex'>) => LmsSite;
  /** Of a place in the file of a function. */
  readonly address: (function_: FunctionInfo, at: { line: number; column: number }) => string;
}
