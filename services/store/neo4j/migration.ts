/**
 * The schema of a database, in versions. Each is made once, in order, and may be cut off anywhere and begun again.
 * Whoever writes brings a database up to date; whoever reads refuses one that is not.
 */
import { StoreError } from '../../core/graph-store.ts';
import type { Neo4jClient } from './client.ts';

/** The statements of version 1, 2, …; what was released is never changed, only followed by another. */
const versions: readonly (readonly string[])[] = [
  [
    'CREATE CONSTRAINT vertex_id IF NOT EXISTS FOR (v:Vertex) REQUIRE v.id IS UNIQUE',
    'CREATE CONSTRAINT term_text IF NOT EXISTS FOR (t:Term) REQUIRE t.text IS UNIQUE',
    'CREATE CONSTRAINT use_key IF NOT EXISTS FOR (u:Use) REQUIRE u.key IS UNIQUE',
    'CREATE CONSTRAINT gap_key IF NOT EXISTS FOR (g:Gap) REQUIRE g.key IS UNIQUE',
    'CREATE CONSTRAINT line_run_key IF NOT EXISTS FOR (l:LineRun) REQUIRE l.key IS UNIQUE',
    'CREATE INDEX line_run_stream IF NOT EXISTS FOR (l:LineRun) ON (l.stream, l.first)',
    'CREATE CONSTRAINT fold_name IF NOT EXISTS FOR (f:Fold) REQUIRE f.name IS UNIQUE',
    'CREATE CONSTRAINT position_key IF NOT EXISTS FOR (p:Position) REQUIRE (p.fold, p.stream) IS UNIQUE',
    'CREATE CONSTRAINT state_key IF NOT EXISTS FOR (s:State) REQUIRE (s.fold, s.at) IS UNIQUE',
    'CREATE INDEX flow_first IF NOT EXISTS FOR ()-[r:FLOW]-() ON (r.first)',
    'CREATE INDEX use_time IF NOT EXISTS FOR (u:Use) ON (u.time)',
    'CREATE INDEX use_template IF NOT EXISTS FOR (u:Use) ON (u.template, u.time)',
  ],
];
const index_s_max = 600;

/** Makes what is missing. Throws StoreError `newer-format`. */
export async function migrate(client: Neo4jClient): Promise<void> {
  const done = await version(client);
  refuseNewer(client, done);
  for (let at = done; at < versions.length; at++) {
    for (const statement of versions[at]!) await client.command(statement);
    await client.command(`CALL db.awaitIndexes(${index_s_max})`);
    await client.write((t) =>
      t.rows('MERGE (m:Migration {version: $version}) ON CREATE SET m.made = datetime()', {
        version: BigInt(at + 1),
      }),
    );
  }
}

/** Throws StoreError `not-a-store`, `newer-format` and `older-format`. */
export async function checkVersion(client: Neo4jClient): Promise<void> {
  const done = await version(client);
  refuseNewer(client, done);
  if (done === 0)
    throw new StoreError('not-a-store', `${client.name} holds no store yet`, {
      hint: 'import something into it first',
    });
  if (done < versions.length)
    throw new StoreError(
      'older-format',
      `${client.name} has format ${done}; this version reads ${versions.length}`,
      {
        hint: 'start what writes to it once: it brings the database up to date',
      },
    );
}

async function version(client: Neo4jClient): Promise<number> {
  const [row] = await client.read((t) => t.rows('MATCH (m:Migration) RETURN coalesce(max(m.version), 0)'));
  return Number(row![0]);
}

function refuseNewer(client: Neo4jClient, done: number): void {
  if (done <= versions.length) return;
  throw new StoreError(
    'newer-format',
    `${client.name} has format ${done}; this version reads ${versions.length}`,
    {
      hint: 'use the version of the program that wrote the store, or a newer one',
    },
  );
}
