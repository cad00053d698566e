/** Where a command writes to, as an argument, so that tests can look at it. The only place that knows the streams. */
import { once } from 'node:events';
import { exitCode } from './exit-code.ts';

export interface Terminal {
  /** The answer. Resolves when more may be written. */
  print(text: string | Uint8Array): Promise<void>;
  /** What is not the answer: progress, complaints. */
  note(text: string): void;
  /** Whether a person looks at the notes. */
  readonly noteIsTty: boolean;
  readonly colour: boolean;
}

/** Colour only on a terminal, and never against NO_COLOR (no-color.org) or TERM=dumb. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  // A reader that closes early (head, less) has what it wanted.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    stderr.write(
      `disprotrack: the output can't be written (${error.code ?? error.message}); is its disk full?\n`,
    );
    process.exit(exitCode.input);
  });
  const plain = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  return {
    async print(text) {
      if (!stdout.write(text)) await once(stdout, 'drain');
    },
    note: (text) => {
      stderr.write(text);
    },
    noteIsTty: stderr.isTTY === true,
    colour: stdout.isTTY === true && !plain,
  };
}
