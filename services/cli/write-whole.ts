/** Writes a file so that whoever looks sees the old one or the whole new one. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { CommandError } from './failure.ts';

/** Throws CommandError; nothing is left beside the file then. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.part`;
  try {
    await writeFile(beside, text);
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    throw new CommandError('output', `${path} can't be written (${code})`, { cause });
  }
}
