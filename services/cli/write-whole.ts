/** Writes what a command was asked to write. */
import { writeWholeFile } from '../runtime/whole-file.ts';
import { CommandError } from './failure.ts';

/** Throws CommandError; nothing is left beside the file then. */
export async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await writeWholeFile(path, text);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CommandError('output', `${path} can't be written (${code})`, { cause });
  }
}
