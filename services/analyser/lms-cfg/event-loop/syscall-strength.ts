/**
 * How much a syscall tells of the loop that makes it. It must not know loops.
 *
 * A program waits for work by calls that wait for one of many things (a connection, readiness, a child, a message, a
 * signal), and takes in what came by calls that receive; all other calls are what it does with it.
 */

export const Strength = { none: 0, other: 1, receives: 2, waits: 3 } as const;

const waits =
  /^(?:accept4?|epoll_p?wait2?|p?poll|pselect6?|_newselect|select|wait4|waitid|waitpid|io_getevents|io_pgetevents|io_uring_enter|rt_sigtimedwait|rt_sigsuspend|sigsuspend|pause|msgrcv|mq_timedreceive|kevent)(?:_time64)?$/;
const receives = /^(?:read|readv|pread64|preadv2?|recv|recvfrom|recvmsg|recvmmsg)(?:_time64)?$/;

export function strengthOf(syscall: string): number {
  if (waits.test(syscall)) return Strength.waits;
  return receives.test(syscall) ? Strength.receives : Strength.other;
}
