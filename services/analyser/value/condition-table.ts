/** Conditions of a program, each record once: there are some hundred thousand, on some thousand things. */
import type { ConditionRecord } from './function-record.ts';

export class ConditionTable {
  readonly #records = new Map<string, ConditionRecord>();

  of(on: string, isMoreFirst: boolean | undefined): ConditionRecord {
    const key = isMoreFirst === undefined ? on : `${on} ${isMoreFirst}`;
    let record = this.#records.get(key);
    if (record === undefined) {
      record = { on, isMoreFirst };
      this.#records.set(key, record);
    }
    return record;
  }
}
