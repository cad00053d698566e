/** The store on a real Neo4j: the suite of every store, and what only a server brings with it. */
import { afterAll, beforeAll } from 'vitest';
import { openStore } from '../../services/store/open-store.ts';
import { graphStoreConformance } from '../conformance/graph-store.ts';
import { emptyDatabase } from './neo4j/empty-database.ts';
import { Neo4jServer } from './neo4j/neo4j-server.ts';

const runs = process.env.DISPROTRACK_FULL === '1' ? 40 : 2;
const server = new Neo4jServer();
beforeAll(async () => {
  await server.start();
  Object.assign(process.env, server.env);
});
afterAll(() => server.destroy());

graphStoreConformance(
  'the store on Neo4j',
  async () => {
    await emptyDatabase(server);
    let store = await openStore(server.url, { mode: 'write' });
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openStore(server.url, { mode: 'write' });
        return store;
      },
      destroy: () => store.close(),
    };
  },
  runs,
);
