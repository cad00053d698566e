/** Writes openapi/query.json from the routes' schemas. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openApiText } from './openapi-text.ts';

await writeFile(fileURLToPath(new URL('../../openapi/query.json', import.meta.url)), await openApiText());
