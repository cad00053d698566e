/** Shows a page in whatever the person at this machine looks at pages with. It must not know what the page says. */
import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from './terminal.ts';
import { writeWhole } from './write-whole.ts';

/** A page stays where it is written, in a folder that nobody else can read. Rejects with CommandError. */
export async function openPage(name: string, html: string, terminal: Terminal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'disprotrack-'));
  const path = join(folder, `${name}.html`);
  await writeWhole(path, html);
  await terminal.print(`${path}\n`);
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (!DISPLAY && !WAYLAND_DISPLAY) {
    terminal.note('disprotrack: there is no display here; open the page in a browser\n');
  } else if (!(await hasStarted('xdg-open', path))) {
    terminal.note(
      'disprotrack: xdg-open, which would show the page, is not to be had; open it in a browser\n',
    );
  }
}

function hasStarted(program: string, argument: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [argument], { detached: true, stdio: 'ignore' });
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
    child.once('error', () => resolve(false));
  });
}
