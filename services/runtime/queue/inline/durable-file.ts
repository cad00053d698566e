/** A file that is whole or absent, and on the disk when it is there. It must not know what is in it. */
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './segment-log.ts';

/** What a process that dies meanwhile leaves beside the file ends with `.part`. */
export async function writeDurableFile(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.part`;
  const handle = await open(beside, 'w');
  try {
    await handle.writeFile(content);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(beside, path);
  await syncFolder(dirname(path));
}
