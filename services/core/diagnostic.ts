/** Bad input is data: what was wrong and where. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  /** Stable kebab-case code, such as `audit-bad-hex`. */
  readonly code: string;
  readonly message: string;
  readonly file: string;
  /** 1-based; 0 where the whole file is meant. */
  readonly line: number;
  /** 1-based byte column; 0 where the whole line is meant. */
  readonly column: number;
  /** 0-based, in a file that has no lines. */
  readonly offset?: number;
}
