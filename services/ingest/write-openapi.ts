/** Writes openapi/ingest.json from the routes' schemas. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ingestOpenApiText } from './openapi-text.ts';

await writeFile(
  fileURLToPath(new URL('../../openapi/ingest.json', import.meta.url)),
  await ingestOpenApiText(),
);
