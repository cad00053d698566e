/**
 * One set-up at a time in one checkout. The lock is the name of an abstract socket: the kernel gives it to one
 * process and takes it back when that process dies, so that there is never a stale one to clear away.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

const retry_ms = 200;

/** Waits for the lock of `folder`, says so once if it has to, and gives what `work` gives. */
export async function withSetUpLock(folder, say, work) {
  const name = `\0disprotrack-setup-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  let lock = await tryListen(name);
  if (lock === undefined) say('another set-up of this checkout is running; waiting for it …');
  while (lock === undefined) {
    await new Promise((resolve) => setTimeout(resolve, retry_ms));
    lock = await tryListen(name);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

/** Undefined where another process has the name. */
function tryListen(name) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(name, () => resolve(server));
  });
}
