/** Who may import whom. A new arrow comes with a page in docs/decisions. */
import { posix } from 'node:path';

interface Allowed {
  /** Folders below services/, besides its own. */
  readonly folders: readonly string[];
  readonly packages: readonly string[];
  /** `node:` modules. */
  readonly node: boolean;
}

const http = ['fastify', '@fastify/swagger', 'fastify-type-provider-zod', 'zod'];
const deployable = ['core', 'contract', 'runtime'];
const withStore = [...deployable, 'store'];

const table: Readonly<Record<string, Allowed>> = {
  core: { folders: [], packages: [], node: false },
  contract: { folders: ['core'], packages: ['zod'], node: false },
  store: { folders: ['core'], packages: ['lmdb', 'neo4j-driver'], node: true },
  runtime: {
    folders: ['core', 'contract'],
    packages: [...http, 'pino', 'prom-client', 'bullmq', 'ioredis'],
    node: true,
  },
  analyser: { folders: deployable, packages: [...http, 'web-tree-sitter', 'iced-x86'], node: true },
  agent: { folders: deployable, packages: http, node: true },
  ingest: { folders: deployable, packages: [...http, 'protobufjs'], node: true },
  worker: { folders: withStore, packages: ['zod', 'fastify'], node: true },
  query: { folders: withStore, packages: http, node: true },
  cli: {
    folders: [...withStore, 'analyser', 'agent', 'ingest', 'worker', 'query'],
    packages: ['commander', 'zod', 'fastify'],
    node: true,
  },
};

const testPackages = new Set(['vitest', 'fast-check', 'zod', 'fastify']);

/** Undefined where `file` (in services/) may import `specifier`; otherwise why not. */
export function forbiddenImport(file: string, specifier: string): string | undefined {
  const folder = file.split('/')[1]!;
  const allowed = table[folder];
  if (allowed === undefined) return `services/${folder} is not in the table`;
  const isTest = file.endsWith('.test.ts');
  if (specifier.startsWith('node:')) {
    return allowed.node || isTest ? undefined : `services/${folder} must not import ${specifier}`;
  }
  if (!specifier.startsWith('.')) {
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    if (allowed.packages.includes(name) || (isTest && testPackages.has(name))) return undefined;
    return `services/${folder} must not import the package ${name}`;
  }
  const target = posix.join(posix.dirname(file), specifier);
  if (target.startsWith('test/')) {
    return isTest ? undefined : `${target} is for tests`;
  }
  const [top, other] = target.split('/');
  if (top !== 'services') return `${target} is outside of services/`;
  if (target.endsWith('.test.ts')) return `${target} is a test`;
  if (other === folder || allowed.folders.includes(other!)) return undefined;
  return `services/${folder} must not import services/${other}`;
}
