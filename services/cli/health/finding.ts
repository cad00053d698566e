/** What a check of the machine found. It must not know how it is shown. */

export interface Finding {
  /** `optional`: missing, and only some commands want it. */
  readonly state: 'fine' | 'optional' | 'broken';
  readonly name: string;
  readonly text: string;
  /** The command that mends it. */
  readonly fix?: string;
}
