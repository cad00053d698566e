/** What the command's end says to whoever called it. Every command's help lists the same four. */

export const exitCode = {
  found: 0,
  nothing: 1,
  usage: 2,
  input: 3,
  /** A fault of this program, never of its input. */
  defect: 70,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export const exitCodeHelp = `
Exit codes:
  0  found (or done)
  1  nothing found
  2  wrong usage
  3  an input or the store could not be used`;
