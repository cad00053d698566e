/** What an agent read of the program that a process runs: an input of the fold. It must not know profiles. */

export interface ImageBuild {
  readonly kind: 'image';
  readonly host: string;
  readonly pid: number;
  /** As the source says it of the process. */
  readonly path: string;
  /** Lower-case hex of the GNU build id. */
  readonly buildId: string;
}
