/**
 * What an agent shows ingest, and by what it knows ingest: files that are read again when they change, so that tokens
 * and certificates are renewed without a restart. It must not know the batch protocol.
 */
import { readFileSync, statSync } from 'node:fs';

export interface CredentialFiles {
  readonly token?: string | undefined;
  /** Authority of ingest's certificate, where the system does not know it. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface Credentials {
  readonly token: string | undefined;
  readonly tls: Readonly<Partial<Record<'ca' | 'cert' | 'key', Buffer>>>;
}

/** Between two looks at the files. */
const look_ms = 1_000;

export class IngestCredentials {
  readonly #files: CredentialFiles;
  readonly #given: string | undefined;
  #read: Credentials | undefined;
  #seen = '';
  #looked = Number.NEGATIVE_INFINITY;

  /** `token`: where no file holds it. Throws as reading the files does: who starts without them could not go on. */
  constructor(files: CredentialFiles, token?: string) {
    this.#files = files;
    this.#given = token;
    this.#read = this.#readAll();
    this.#seen = this.#stamp();
  }

  /** The same object until something has changed. */
  current(): Credentials {
    if (performance.now() - this.#looked >= look_ms) {
      this.#looked = performance.now();
      try {
        const seen = this.#stamp();
        if (seen !== this.#seen) this.#read = this.#readAll();
        this.#seen = seen;
      } catch {
        // None for a moment: what was read stays until there is something else.
      }
    }
    return this.#read!;
  }

  #readAll(): Credentials {
    const { token, ca, cert, key } = this.#files;
    const tls = Object.fromEntries(
      Object.entries({ ca, cert, key }).flatMap(([name, file]) =>
        file === undefined ? [] : [[name, readFileSync(file)]],
      ),
    );
    return { token: token === undefined ? this.#given : readFileSync(token, 'utf8').trim(), tls };
  }

  #stamp(): string {
    return Object.values(this.#files)
      .map((file) => {
        if (file === undefined) return '';
        const { mtimeMs, size, ino } = statSync(file);
        return `${mtimeMs} ${size} ${ino}`;
      })
      .join();
  }
}
