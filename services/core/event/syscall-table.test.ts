import { expect, test } from 'vitest';
import { subCall, syscallName } from './syscall-table.ts';

/** Numbers as the kernel's headers and manuals give them; on both sides of every gap in the tables. */
test.each([
  ['x86_64', 0, 'read'],
  ['x86_64', 59, 'execve'],
  ['x86_64', 334, 'rseq'],
  ['x86_64', 424, 'pidfd_send_signal'],
  ['x86_64', 439, 'faccessat2'],
  ['x86_64', 448, 'process_mrelease'],
  ['x86_64', 462, 'mseal'],
  ['x86_64', 0x40000000 + 1, 'write'],
  ['x86_64', 0x40000000 + 520, 'execve'],
  ['x86_64', 400, undefined],
  ['x86_64', 520, undefined],
  ['i386', 1, 'exit'],
  ['i386', 5, 'open'],
  ['i386', 102, 'socketcall'],
  ['i386', 117, 'ipc'],
  ['i386', 192, 'mmap2'],
  ['i386', 386, 'rseq'],
  ['i386', 403, 'clock_gettime64'],
  ['i386', 437, 'openat2'],
  ['aarch64', 0, 'io_setup'],
  ['aarch64', 56, 'openat'],
  ['aarch64', 63, 'read'],
  ['aarch64', 221, 'execve'],
  ['aarch64', 242, 'accept4'],
  ['aarch64', 260, 'wait4'],
  ['aarch64', 250, undefined],
  ['aarch64', 435, 'clone3'],
  ['s390x', 5, undefined],
])('%s %i is %s', (arch, number, name) => {
  expect(syscallName(arch, number)).toBe(name);
});

test('what socketcall and ipc stand for', () => {
  expect(subCall('socketcall', 3)).toBe('connect');
  expect(subCall('socketcall', 20)).toBe('sendmmsg');
  expect(subCall('socketcall', 21)).toBeUndefined();
  expect(subCall('ipc', 4)).toBe('semtimedop');
  expect(subCall('ipc', 11)).toBe('msgsnd');
  expect(subCall('ipc', 23)).toBe('shmget');
});
