/** The tokens of a command that listens. */
import { readTokenFile, Tokens } from '../runtime/tokens.ts';
import { CommandError } from './failure.ts';

/** Undefined where nobody needs one. Rejects with CommandError where there is a file and it is none. */
export async function serveTokens(
  { tokens: path, insecure }: { readonly tokens?: string | undefined; readonly insecure: boolean },
  note: (text: string) => void,
): Promise<Tokens | undefined> {
  if (insecure) return undefined;
  if (path === undefined)
    note(
      'nobody has a token, so that nothing is taken and nothing answered; see disprotrack token --help, or use --insecure',
    );
  else await refuseWithoutTokens(path);
  return new Tokens(path, note);
}

/** Nobody could talk to a server that starts with it. */
async function refuseWithoutTokens(path: string): Promise<void> {
  try {
    await readTokenFile(path);
  } catch (cause) {
    throw new CommandError('tokens', `${path} is no file of tokens: ${(cause as Error).message}`, {
      cause,
      hint: 'disprotrack token makes one',
    });
  }
}
