/** Names of containers as different observers give them. */

/** Whether both are of one container: its pod may stand before its name. */
export function sameContainer(a: string | undefined, b: string | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && (a.endsWith(`/${b}`) || b.endsWith(`/${a}`)));
}
