import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StoreError } from '../../core/graph-store.ts';
import { isNeo4jAddress, neo4jAddress } from './address.ts';

function refusal(place: string, env: Record<string, string> = {}): string {
  try {
    neo4jAddress(place, env);
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    return `${(error as StoreError).message} ${(error as StoreError).hint}`;
  }
  throw new Error('it was taken');
}

test.each(['neo4j://h', 'neo4j+s://h', 'neo4j+ssc://h', 'bolt://h', 'bolt+s://h:7687'])(
  '%s is one',
  (place) => {
    expect(isNeo4jAddress(place)).toBe(true);
  },
);

test.each(['./store', '/neo4j', 'neo4j', 'http://h', 'redis://h'])('%s is none', (place) => {
  expect(isNeo4jAddress(place)).toBe(false);
});

test('host, port, database and user come from the address, the rest from the environment', () => {
  expect(
    neo4jAddress('neo4j+s://me@db.example:7690/graph', { DISPROTRACK_NEO4J_PASSWORD: 'secret' }),
  ).toEqual({
    shown: 'neo4j+s://db.example:7690/graph',
    url: 'neo4j+s://db.example:7690',
    database: 'graph',
    user: 'me',
    password: 'secret',
    authorities: [],
  });
  const env = { DISPROTRACK_NEO4J_USER: 'reader', DISPROTRACK_NEO4J_CA_FILE: '/ca.pem' };
  expect(neo4jAddress('neo4j+s://h', env)).toMatchObject({
    user: 'reader',
    database: undefined,
    authorities: ['/ca.pem'],
  });
  expect(neo4jAddress('bolt://h', {})).toMatchObject({ user: 'neo4j', password: undefined });
});

test('a password comes from a file before the variable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-password-'));
  const file = join(folder, 'password');
  writeFileSync(file, 'from the file\n');
  const env = { DISPROTRACK_NEO4J_PASSWORD_FILE: file, DISPROTRACK_NEO4J_PASSWORD: 'other' };
  expect(neo4jAddress('bolt://h', env).password).toBe('from the file');
  rmSync(folder, { recursive: true });
  expect(refusal('bolt://h', env)).toContain(`no password can be read from ${file}`);
});

test('a password in the address is refused, and not repeated', () => {
  const said = refusal('neo4j://me:hunter2@h:7687');
  expect(said).toContain('DISPROTRACK_NEO4J_PASSWORD_FILE');
  expect(said).not.toContain('hunter2');
  expect(said).not.toContain('me');
});

test.each(['neo4j://', 'neo4j://h:port', 'neo4j://h/a/b', 'neo4j://h/a b'])('%s is refused', (place) => {
  expect(refusal(place)).toContain('no address of a Neo4j');
});

test('authorities of one’s own and any certificate at all do not go together', () => {
  expect(refusal('neo4j+ssc://h', { DISPROTRACK_NEO4J_CA_FILE: '/ca.pem' })).toContain('use +s');
});
