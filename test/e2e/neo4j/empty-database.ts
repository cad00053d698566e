/** Takes everything out of a database, for a test that begins with nothing. */
import neo4j from 'neo4j-driver';
import type { Neo4jServer } from './neo4j-server.ts';

export async function emptyDatabase(server: Neo4jServer): Promise<void> {
  const driver = neo4j.driver(server.url, neo4j.auth.basic('neo4j', server.password));
  try {
    const session = driver.session();
    await session.run(
      'MATCH (n) WHERE NOT n:Migration CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS',
    );
    await session.close();
  } finally {
    await driver.close();
  }
}
