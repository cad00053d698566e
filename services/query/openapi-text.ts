/** The query service's OpenAPI document, as it is kept in the repository. */
import type { GraphReader } from '../core/graph-store.ts';
import { buildApp } from './app.ts';

export async function openApiText(): Promise<string> {
  // The routes are described, never called.
  const app = await buildApp({ reader: {} as GraphReader });
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}
