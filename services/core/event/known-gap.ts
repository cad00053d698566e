/** A loss that a source itself knows of and says, in its place among what was not lost. */
export interface KnownGap {
  readonly kind: 'gap';
  readonly host: string;
  /** ns since the epoch. */
  readonly from: bigint;
  readonly until: bigint;
  /** Records; undefined where nobody can know. */
  readonly missing: number | undefined;
  readonly reason: string;
}
