/**
 * A Neo4j, or a cluster of them, as transactions: reads may go to any replica, writes to the leader, and both are
 * tried again while the trouble may pass. It must not know what is kept there.
 */
import neo4j, { type Driver, type ManagedTransaction, Neo4jError } from 'neo4j-driver';
import { StoreError } from '../../core/graph-store.ts';
import type { Neo4jAddress } from './address.ts';
import { fromWire, toWire } from './wire-text.ts';

/** Numbers are sent as floats: what must be a whole number there is a bigint. */
export type Parameters = Readonly<Record<string, unknown>>;
export type Row = readonly unknown[];

export interface Transaction {
  rows(query: string, parameters?: Parameters): Promise<Row[]>;
  /** Row by row, for more than should be held at once. */
  each(query: string, parameters: Parameters, take: (row: Row) => void): Promise<void>;
}

const connect_ms_max = 10_000;
/** For a connection of the pool, and so for whoever comes while the server is away. */
const acquire_ms_max = 15_000;
const retry_ms_max = 20_000;
/** What a process that is gone without a word holds locked is free again then. */
const transaction_ms_max = 60_000;
const connections_max = 32;

export class Neo4jClient {
  readonly #driver: Driver;
  readonly #address: Neo4jAddress;
  /** A cluster's replicas answer no earlier than what this process wrote. */
  readonly #bookmarks = neo4j.bookmarkManager();
  #closed = false;

  constructor(address: Neo4jAddress) {
    this.#address = address;
    const { user, password } = address;
    const auth = password === undefined ? undefined : neo4j.auth.basic(user, password);
    const { url, encryption } = encrypted(address);
    this.#driver = neo4j.driver(url, auth, {
      ...encryption,
      useBigInt: true,
      connectionTimeout: connect_ms_max,
      connectionAcquisitionTimeout: acquire_ms_max,
      maxTransactionRetryTime: retry_ms_max,
      maxConnectionPoolSize: connections_max,
      userAgent: 'disprotrack',
      notificationFilter: { minimumSeverityLevel: 'OFF' },
    });
  }

  /** As messages have it. */
  get name(): string {
    return this.#address.shown;
  }

  /** At once, where a transaction would be tried again for a while. Throws StoreError where nobody answers. */
  async reach(): Promise<void> {
    const { database } = this.#address;
    try {
      await this.#driver.getServerInfo(database === undefined ? {} : { database });
    } catch (cause) {
      throw this.#error(cause);
    }
  }

  /** Throws StoreError. */
  read<T>(work: (transaction: Transaction) => Promise<T>, ms_max = transaction_ms_max): Promise<T> {
    return this.#transact('READ', work, ms_max);
  }

  /** All of it or nothing. `work` may be called again. Throws StoreError. */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact('WRITE', work, transaction_ms_max);
  }

  /**
   * A change of the schema, which takes as long as it takes: of several that come up to an empty database together one
   * makes it, where `IF NOT EXISTS` may be true for all, and they may wait for each other's locks. Throws StoreError.
   */
  async command(query: string): Promise<void> {
    const session = this.#session('WRITE');
    try {
      await session.executeWrite((transaction) => transaction.run(query));
    } catch (cause) {
      if (cause instanceof Neo4jError && cause.code.endsWith('SchemaRuleAlreadyExists')) return;
      throw this.#error(cause);
    } finally {
      await session.close();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#driver.close();
  }

  async #transact<T>(
    mode: 'READ' | 'WRITE',
    work: (transaction: Transaction) => Promise<T>,
    timeout: number,
  ): Promise<T> {
    const session = this.#session(mode);
    const run = (transaction: ManagedTransaction): Promise<T> => work(transactionOver(transaction));
    try {
      return mode === 'READ'
        ? await session.executeRead(run, { timeout })
        : await session.executeWrite(run, { timeout });
    } catch (cause) {
      throw this.#error(cause);
    } finally {
      await session.close();
    }
  }

  #session(mode: 'READ' | 'WRITE') {
    if (this.#closed) throw new StoreError('closed', `the store ${this.name} has been closed`);
    const { database } = this.#address;
    return this.#driver.session({
      defaultAccessMode: mode,
      bookmarkManager: this.#bookmarks,
      ...(database === undefined ? {} : { database }),
    });
  }

  #error(cause: unknown): unknown {
    if (!(cause instanceof Neo4jError)) return cause;
    const { code } = cause;
    if (code.startsWith('Neo.ClientError.Security'))
      return new StoreError(
        'refused',
        `${this.name} refused the user ${this.#address.user}: ${cause.message}`,
        {
          cause,
          hint: 'set DISPROTRACK_NEO4J_USER, and DISPROTRACK_NEO4J_PASSWORD_FILE or DISPROTRACK_NEO4J_PASSWORD',
        },
      );
    if (code === 'Neo.ClientError.Database.DatabaseNotFound')
      return new StoreError('missing', `${this.name}: ${cause.message}`, { cause });
    if (code === 'ServiceUnavailable' || code === 'SessionExpired' || cause.retriable)
      return new StoreError('unavailable', `${this.name} can not be used now: ${cause.message}`, {
        cause,
        hint: 'is it running, and is this its address?',
      });
    return new StoreError('io', `the store ${this.name} failed: ${cause.message}`, { cause });
  }
}

function transactionOver(transaction: ManagedTransaction): Transaction {
  const each: Transaction['each'] = async (query, parameters, take) => {
    const result = transaction.run(query, toWire(parameters) as Parameters);
    for await (const record of result) take(fromWire([...record.values()]));
  };
  return {
    each,
    async rows(query, parameters = {}) {
      const rows: Row[] = [];
      await each(query, parameters, (row) => rows.push(row));
      return rows;
    },
  };
}

/** The driver takes authorities of one's own only apart from an address that says how to encrypt. */
function encrypted({ url, authorities }: Neo4jAddress) {
  if (authorities.length === 0) return { url, encryption: {} };
  return {
    url: url.replace('+s:', ':'),
    encryption: {
      encrypted: 'ENCRYPTION_ON' as const,
      trust: 'TRUST_CUSTOM_CA_SIGNED_CERTIFICATES' as const,
      trustedCertificates: [...authorities],
    },
  };
}
