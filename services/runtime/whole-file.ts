/** Writes a file so that whoever looks sees the old one or the whole new one. It must not know what is in it. */
import { rename, rm, writeFile } from 'node:fs/promises';

/** Rejects with the system's error; nothing is left beside the file then. */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.part`;
  try {
    await writeFile(beside, text);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
