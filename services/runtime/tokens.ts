/**
 * Access tokens of a service: a file of names, scopes and hashes, read again when it changes, so that tokens come and
 * go without a restart. Tokens are random, so that a plain hash keeps them. It must not know routes.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigError } from './config-error.ts';

/** Agents and other senders, who asks, who brings profiles, and who runs the service. */
export const scopes = ['agent', 'query', 'profiles', 'operator'] as const;
export type Scope = (typeof scopes)[number];

const TokenEntry = z.strictObject({
  name: z.string().min(1),
  scope: z.enum(scopes),
  /** Hex of SHA-256. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
  /** Hosts that an agent may speak for; `*` for any. */
  hosts: z.array(z.string().min(1)).default([]),
  /** Names a folder, a queue, a database. */
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be the name of a tenant')
    .optional(),
  /** RFC 3339. */
  expires: z.iso.datetime({ offset: true }).optional(),
});
export type TokenEntry = z.output<typeof TokenEntry>;

export const TokenFile = z.strictObject({ tokens: z.array(TokenEntry) });
export type TokenFile = z.output<typeof TokenFile>;

const token_bytes = 32;
const prefix = 'dpt_';

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function makeToken(): string {
  return prefix + randomBytes(token_bytes).toString('base64url');
}

/** Throws an Error that says what is wrong with the file. */
export async function readTokenFile(path: string): Promise<TokenFile> {
  const parsed = TokenFile.safeParse(jsonOf(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new Error(`${issue.path.join('.')}: ${issue.message}`);
}

/** An engine's own words would quote the text: whoever names the file with a token in it must not see it in a log. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is no JSON');
  }
}

/** Throws ConfigError where there is a file to read and it can't be: nobody could talk to who starts with it. */
export async function requireTokenFile(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    await readTokenFile(path);
  } catch (cause) {
    throw new ConfigError([`${path} is no file of tokens: ${(cause as Error).message}`]);
  }
}

export class Tokens {
  readonly #path: string | undefined;
  readonly #onTrouble: (message: string) => void;
  readonly #look_ms_min: number;
  #byHash = new Map<string, TokenEntry>();
  #seen = '';
  #looked = Number.NEGATIVE_INFINITY;
  /** Under way: who comes meanwhile waits for it, as what it will find may be his token. */
  #looking: Promise<void> | undefined;

  /** Without a file there is no token, and so no access. `look_ms_min`: between two looks at the file. */
  constructor(path: string | undefined, onTrouble: (message: string) => void, look_ms_min = 1_000) {
    this.#look_ms_min = look_ms_min;
    this.#path = path;
    this.#onTrouble = onTrouble;
  }

  /** Whom the token belongs to; undefined where it is not known, or not any more. */
  async find(token: string): Promise<TokenEntry | undefined> {
    await this.#look();
    // By the hash, so that how long it takes says nothing of a token.
    const entry = this.#byHash.get(hashToken(token));
    const isOver = entry?.expires !== undefined && Date.parse(entry.expires) <= Date.now();
    return isOver ? undefined : entry;
  }

  async #look(): Promise<void> {
    if (this.#looking === undefined && performance.now() - this.#looked >= this.#look_ms_min) {
      this.#looked = performance.now();
      this.#looking = this.#read().finally(() => {
        this.#looking = undefined;
      });
    }
    await this.#looking;
  }

  async #read(): Promise<void> {
    if (this.#path === undefined) return;
    let seen = '';
    try {
      const { mtimeMs, size, ino } = await stat(this.#path);
      seen = `${mtimeMs} ${size} ${ino}`;
      if (seen === this.#seen) return;
      const { tokens } = await readTokenFile(this.#path);
      this.#byHash = new Map(tokens.map((entry) => [entry.sha256, entry]));
    } catch (error) {
      // Half a file, or none for a moment: what was known stays known.
      if (seen !== this.#seen || seen === '')
        this.#onTrouble(`the tokens in ${this.#path} can't be read: ${(error as Error).message}`);
    }
    this.#seen = seen;
  }
}
