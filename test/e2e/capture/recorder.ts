/** `disprotrack record` for the length of a test, as a user would run it. It must not know what is recorded. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../../scripts/disprotrack', import.meta.url));
/** Loading what runs in the kernel is seconds of work, on a busy machine much more. */
const start_ms_max = 90_000;

export interface Recorder {
  /** Throws where records were lost. */
  stop(): Promise<void>;
  /** Of one that was not stopped, since something failed. */
  kill(): void;
}

/** Of what runs below `cgroup`, into `file`; resolves when records flow. */
export async function startRecorder(file: string, cgroup: string): Promise<Recorder> {
  const options = ['--source', 'ebpf', '--out', file, '--container', cgroup, '--only'];
  const child = spawn(command, ['record', ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const closed = once(child, 'close');
  const begun = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no recording: ${said}`)), start_ms_max);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!said.includes('recording;')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  const ended = closed.then(() => Promise.reject(new Error(`no recording: ${said}`)));
  try {
    await Promise.race([begun, ended]);
  } catch (error) {
    child.kill('SIGINT');
    throw error;
  } finally {
    ended.catch(() => {});
  }
  return {
    kill: () => void child.kill('SIGINT'),
    async stop() {
      child.kill('SIGINT');
      await closed;
      if (!said.includes('none lost')) throw new Error(`a recording with losses says nothing: ${said}`);
    },
  };
}
