/** `disprotrack token`: a new token for one of the scopes; the file keeps its hash alone. */
import { rename, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { HostName, TenantName } from '../../contract/batch.ts';
import {
  hashToken,
  makeToken,
  readTokenFile,
  type Scope,
  scopes,
  type TokenFile,
} from '../../runtime/tokens.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { CommandError, UsageError } from '../failure.ts';
import { collected, helpEnd } from '../option.ts';

/** As the file has it. */
const Expiry = z.iso.datetime({ offset: true });

interface TokenOptions {
  readonly file: string;
  readonly name: string;
  readonly scope: Scope;
  readonly host?: readonly string[];
  readonly tenant?: string;
  readonly expires?: string;
  readonly remove?: true;
}

export function defineToken(command: Command, context: CommandContext): void {
  command
    .requiredOption('--file <file>', 'file of tokens; made where there is none')
    .requiredOption('--name <name>', 'whose token it is; a new one takes the place of one of the same name')
    .addOption(new Option('--scope <scope>', 'what it is for').choices(scopes).default('agent'))
    .option('--host <name...>', 'hosts that an agent may speak for; * for any', collected)
    .option('--tenant <name>', 'tenant whose graph it is for, and no other')
    .option('--expires <time>', 'RFC 3339 time after which it is worth nothing')
    .option('--remove', 'take away the tokens of that name instead')
    .action(async (options: TokenOptions) => {
      checkNames(options);
      const before = await existing(options.file);
      const kept = before.tokens.filter(({ name }) => name !== options.name);
      if (options.remove) {
        await write(options.file, { tokens: kept });
        context.done(kept.length < before.tokens.length ? exitCode.found : exitCode.nothing);
        return;
      }
      const { name, scope, host: hosts = [], tenant, expires } = options;
      if (scope === 'agent' && hosts.length === 0) throw new UsageError('an agent’s token needs --host');
      const token = makeToken();
      const entry = { name, scope, sha256: hashToken(token), hosts: [...hosts], tenant, expires };
      await write(options.file, { tokens: [...kept, entry] });
      await context.terminal.print(`${token}\n`);
      context.done(exitCode.found);
    });
  helpEnd(
    command,
    [
      'token --file tokens.json --name node1 --host node1 > node1.token',
      'token --file tokens.json --name me --scope query > query.token',
      'token --file tokens.json --name ops --scope operator',
    ],
    exitCodeHelp,
  );
}

function checkNames({ host = [], tenant, expires }: TokenOptions): void {
  const wrong = host.find((name) => name !== '*' && !HostName.safeParse(name).success);
  if (wrong !== undefined) throw new UsageError(`${wrong} is no host name`);
  if (tenant !== undefined && !TenantName.safeParse(tenant).success)
    throw new UsageError(`${tenant} is no name of a tenant`);
  if (expires === undefined) return;
  if (!Expiry.safeParse(expires).success)
    throw new UsageError(`${expires} is no time such as 2027-01-31T00:00:00Z`);
  if (Date.parse(expires) <= Date.now())
    throw new UsageError(`${expires} is over already: the token would be worth nothing`);
}

async function existing(path: string): Promise<TokenFile> {
  try {
    return await readTokenFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { tokens: [] };
    throw new CommandError('tokens', `${path} is no file of tokens: ${(cause as Error).message}`, { cause });
  }
}

/** Whole or not at all: a service may be reading it. */
async function write(path: string, file: TokenFile): Promise<void> {
  try {
    await writeFile(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  } catch (cause) {
    throw new CommandError('output', `${path} can't be written (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    });
  }
}
