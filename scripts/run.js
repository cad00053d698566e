/** Runs one script of this repository under the pinned Node, after the set-up: node scripts/run.js SCRIPT [ARG …]. */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, setUp } from './setup.js';

/** Starts SCRIPT (a path in the repository, or one in node_modules) and ends as it ends. */
export async function runPinned(script, args, options = {}) {
  const node = await setUp();
  const inRepository = join(root, script);
  const file = existsSync(inRepository) ? inRepository : join(root, 'node_modules', script);
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  // The first as in `disprotrack`, which says why.
  const flags = ['--v8-pool-size=0', '--disable-warning=ExperimentalWarning'];
  const [program, ...before] = [...untilParentEnds(), node];
  const child = spawn(program, [...before, ...flags, file, ...args], {
    stdio: 'inherit',
    // Modules are compiled, and their types stripped, once and not at every start.
    env: { NODE_COMPILE_CACHE: join(root, '.cache', 'compiled'), ...process.env, PATH: path },
    ...options,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; twice would cut its orderly end short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  endWithNpm(() => child.kill('SIGTERM'));
  child.once('error', (error) => {
    process.stderr.write(`disprotrack: the pinned Node could not be started (${error.message}).\n`);
    process.exit(3);
  });
  child.once('exit', (code, signal) =>
    process.exit(signal === null ? code : 128 + constants.signals[signal]),
  );
}

/** What is run ends with this process, also where that is killed and can hand on nothing. */
function untilParentEnds() {
  return existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM'] : [];
}

/** npm can hand nothing on when it is killed; whoever starts this by itself may leave it behind. */
function endWithNpm(end) {
  if (process.env.npm_command === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    end();
  }, 1_000);
  watch.unref();
}

if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) {
    process.stderr.write('usage: node scripts/run.js SCRIPT [ARG …]\n');
    process.exit(2);
  }
  await runPinned(script, args, { cwd: root });
}
