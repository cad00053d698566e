/** Opens a database of a Neo4j for writing or for reading. */
import type { GraphReader, GraphStore } from '../../core/graph-store.ts';
import { neo4jAddress } from './address.ts';
import { Neo4jClient } from './client.ts';
import { checkVersion, migrate } from './migration.ts';
import { Neo4jReader } from './reader.ts';
import { Neo4jStore } from './store.ts';

/** Throws StoreError: see `openStore`. */
export async function openNeo4j(place: string, mode: 'write' | 'read'): Promise<GraphReader | GraphStore> {
  const client = new Neo4jClient(neo4jAddress(place, process.env));
  try {
    await client.reach();
    await (mode === 'write' ? migrate(client) : checkVersion(client));
    return mode === 'write' ? new Neo4jStore(client) : new Neo4jReader(client);
  } catch (cause) {
    await client.close();
    throw cause;
  }
}
