/** Which statement printed which line, as the servers' sources have it; what they print is not asked for here. */
import type { TrueLine } from '../unit-server.ts';

/** `[the line, format string, …]` */
function lines(...rows: readonly (readonly [RegExp, ...(string | RegExp)[]])[]): readonly TrueLine[] {
  return rows.map(([line, ...formats]) => ({ line, formats }));
}

/** Not printed by a statement of the program: an access line, as its configuration says. */
const accessLine = /(GET|t\d\dr\d\d) .*t\d\dr\d\d/;

export const apacheLines = lines(
  [/^AH00094: Command line: /, "AH00094: Command line: '%s'"],
  [/^AH00096: removed PID file/, 'AH00096: removed PID file %s (pid=%d)'],
  [/^AH00163: .* resuming normal operations$/, 'AH00163: %s configured -- resuming normal operations'],
  [/^AH00292: .* resuming normal operations$/, 'AH00292: %s configured -- resuming normal operations'],
  [/^AH00489: .* resuming normal operations$/, 'AH00489: %s configured -- resuming normal operations'],
  [/^AH00164: Server built/, 'AH00164: Server built: %s'],
  [/^AH00293: Server built/, 'AH00293: Server built: %s'],
  [/^AH00490: Server built/, 'AH00490: Server built: %s'],
  [/^AH00169: caught SIGTERM/, 'AH00169: caught SIGTERM, shutting down'],
  [/^AH00295: caught SIGTERM/, 'AH00295: caught SIGTERM, shutting down'],
  [/^AH00491: caught SIGTERM/, 'AH00491: caught SIGTERM, shutting down'],
  [accessLine],
);

export const nginxLines = lines(
  [/^OS: /, 'OS: %s %s'],
  [/^client .* closed keepalive connection$/, 'client %V closed keepalive connection'],
  [/^exit$/, 'exit'],
  [/^exiting$/, 'exiting'],
  [/^gracefully shutting down$/, 'gracefully shutting down'],
  [/^getrlimit\(/, 'getrlimit(RLIMIT_NOFILE): %r:%r'],
  [/^nginx\/[\d.]+$/, /^nginx\/[\d.]+$/],
  [/^signal \d+ \(SIG\w+\) received from \d+/, 'signal %d (%s) received from %P%s'],
  [/^signal \d+ \(SIG\w+\) received/, 'signal %d (%s) received%s', 'signal %d (%s) received from %P%s'],
  [/^start worker processes$/, 'start worker processes'],
  [/^start worker process \d+$/, 'start %s %P'],
  [/^using the "\w+" event method$/, 'using the "%s" event method'],
  [/ exited with code \d+$/, '%s %P exited with code %d'],
  [accessLine],
);

export const lighttpdLines = lines(
  [/^t\d\dr\d\d GET/],
  [/upload-dirs doesn't exist/, "server.upload-dirs doesn't exist: %s"],
  [/connection closed for fd \d+$/, 'connection closed for fd %d'],
  [/shutdown for fd \d+$/, 'shutdown for fd %d'],
  [/fd:-?\d+ id:\d+ state:/, 'fd:%d id:%d state:%s%s'],
  [/-- handling subrequest$/, '-- handling subrequest'],
  [/-- handling physical path$/, '-- handling physical path'],
  [/-- logical -> physical$/, '-- logical -> physical'],
  [/-- parsed Request-URI$/, '-- parsed Request-URI'],
  [/Basedir {6}: /, 'Basedir      : %s'],
  [/Doc-Root {5}: /, 'Doc-Root     : %s'],
  [/Rel-Path {5}: /, 'Rel-Path     : %s'],
  [/Pathinfo {5}: /, 'Pathinfo     : %.*s'],
  [/Path {9}: /, 'Path         : %s'],
  [/URI-authority {3}: /, 'URI-authority   : %s'],
  [/URI-query {7}: /, 'URI-query       : %.*s'],
  [/URI-scheme {6}: /, 'URI-scheme      : %s'],
  [/URI-path \(raw\) {2}: /, 'URI-path (raw)  : %.*s', 'URI-path (raw)  : %s'],
  [/URI-path \(clean\): /, 'URI-path (clean): %s'],
  [/Request-URI {5}: /, 'Request-URI     : %s'],
  [/URI {10}: /, 'URI          : %s'],
  [/server started \(lighttpd/, /^server started \(lighttpd\/[\d.]+\)$/],
  [/server stopped by UID/, 'server stopped by UID = %d PID = %d'],
);

export const fpmLines = lines(
  [accessLine],
  [/tag=t\d\dr\d\d/],
  [/bytes have been reserved in SHM$/, '%zu bytes have been reserved in SHM'],
  [/child\(ren\) still alive$/, '%d child(ren) still alive'],
  [/^Found address for /, 'Found address for %s, socket opened on %s'],
  [/^Terminating \.\.\.$/, 'Terminating ...'],
  [/^Unblocking all signals$/, 'Unblocking all signals'],
  [/^blocking signals before child birth$/, 'blocking signals before child birth'],
  [/^unblocking signals, child born$/, 'unblocking signals, child born'],
  [/child \d+ exited /, /^\[pool %s\] child %d exited %s after %ld\.%06d seconds from start$/],
  [/child \d+ started$/, '[pool %s] child %d started'],
  [/^event module is /, 'event module is %s and %d fds have been reserved'],
  [/^event module triggered /, 'event module triggered %d events'],
  [/^exiting, bye-bye!$/, 'exiting, bye-bye!'],
  [/^fpm is running, pid /, 'fpm is running, pid %d'],
  [/^got clock tick /, "got clock tick '%.0f'"],
  [/^have notify start to systemd$/, 'have notify start to systemd'],
  [/^open access log /, 'open access log (%s)'],
  [/^ready to handle connections$/, 'ready to handle connections'],
  [/^received SIGCHLD$/, 'received SIGCHLD'],
  [/^received SIGTERM$/, 'received SIGTERM'],
  [/^saving original STDERR fd/, 'saving original STDERR fd: dup()'],
  [/^sending signal \d+ SIG\w+ to child/, '[pool %s] sending signal %d %s to child %d'],
  [/^switching to '\w+' state$/, "switching to '%s' state"],
  [/^systemd monitor interval/, 'systemd monitor interval set to %dms'],
);

export const redisLines = lines(
  [/Configuration loaded$/, 'Configuration loaded'],
  [
    /Redis version=.*just started$/,
    'Redis version=%s, bits=%d, commit=%s, modified=%d, pid=%d, just started',
  ],
  [/Redis is starting/, 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo'],
  [/is now ready to exit, bye bye/, '%s is now ready to exit, bye bye...'],
  [/Server initialized$/, 'Server initialized'],
  [/User requested shutdown\.\.\.$/, 'User requested shutdown...'],
  [/WARNING Memory overcommit/, 'WARNING %s'],
  [/Ready to accept connections$/, 'Ready to accept connections'],
  [/Running mode=/, 'Running mode=%s, port=%d.'],
  [/monotonic clock: /, 'monotonic clock: %s'],
  [/Accepted \S+:\d+$/, 'Accepted %s:%d'],
  [/Client closed connection/, 'Client closed connection %s'],
  [/Received SIGTERM scheduling shutdown/, 'Received SIGTERM scheduling shutdown...', '%s'],
  [/DB \d+: \d+ keys/, 'DB %d: %lld keys (%lld volatile) in %lld slots HT.'],
  [/\d+ clients connected \(/, '%lu clients connected (%lu replicas), %zu bytes in use'],
);

export const memcachedLines = lines(
  [/^slab class +\d+: chunk size/, 'slab class %3d: chunk size %9u perslab %7u'],
  [/^<\d+ server listening/, '<%d server listening (%s)'],
  [/^<\d+ new auto-negotiating client connection$/, '<%d new auto-negotiating client connection'],
  [/^\d+: Client using the ascii protocol$/, '%d: Client using the %s protocol'],
  [/^<\d+ set /, '<%d %s'],
  // The statement that answers hands its text to the one that prints it.
  [/^>\d+ STORED$/, '>%d %s', 'STORED'],
  [/^<\d+ connection closed\.$/, '<%d connection closed.'],
  [/^Exiting normally$/, 'Exiting normally'],
  [/^Signal handled: /, 'Signal handled: %s.'],
);

export const sshLines = lines(
  [/^Accepted key /, 'Accepted key %s %s found at %s'],
  [/^(Accepted|Postponed|Failed) publickey for /, '%s %s%s%s for %s%.100s from %.200s port %d ssh2%s%s'],
  [/^Close session: user /, 'Close session: user %s from %.200s port %d id %d'],
  [/^Connection from .* port \d+ on /, 'Connection from %s port %d on %s port %d%s%s%s'],
  [/^Connection closed by /, 'Connection closed by %s'],
  [/^Disconnected from user /, 'Disconnected from %s'],
  [/^Received disconnect from /, 'Received disconnect from %s port %d:%u: %.400s'],
  [/^Received signal \d+; terminating\.$/, 'Received signal %d; terminating.'],
  [/^Server listening on /, 'Server listening on %s port %s.', 'Server listening on %s port %d.'],
  [/^Starting session: command for /, 'Starting session: %s%s%s for %s from %.200s port %d id %d'],
  [/^User child is on pid \d+$/, 'User child is on pid %ld'],
);

/** Answers to a client, which its last process's standard output shows, and its log; both are put together of pieces. */
export const ftpLines = lines(
  [/ CONNECT: Client "/, /CONNECT/],
  [/ OK LOGIN: Client "/, /OK LOGIN/],
  [/ OK DOWNLOAD: Client "/, /OK DOWNLOAD/],
  [/ FTP command: Client "/, /FTP command/],
  [/ FTP response: Client "/, /FTP response/],
  [/^\d\d\d /],
);

export const proxyLines = lines(
  // What the function printed comes without its prefix, where the line's format has that for its own.
  [/^(asked for|answered) t/],
  [/^std(out|err): /, '%s: %s'],
  [/^GET .* - 200 \(/, '%s %s - %d (%ss) [%s]'],
);

export const mariadbLines = lines(
  // The general log's lines are put together of a command's name and what it was given.
  [/^(Query|Connect|Quit|Time)\t/],
  // From a file of messages, in the server's language.
  [/: (ready for connections\.|Normal shutdown|Shutdown complete)/],
  [/^InnoDB: /, /^InnoDB: /],
  [/^Added new Master_info /, /^Added new Master_info /],
  [/^Could not increase number of max_open_files /, /^Could not increase number of max_open_files /],
  [/^Plugin '/, "Plugin '%s' is disabled.", "Plugin '%-.*s' is disabled."],
  [/^Reading of all Master_info entries succe/, /^Reading of all Master_info entries succe/],
  [/^Server socket created on IP: /, "Server socket created on IP: '%s', port: '%u'."],
  [/^Tcp port: /, /Tcp port: %d {2}Unix socket: %s/],
  [/^Starting MariaDB /, /^Starting MariaDB %s/],
  [/started with:$/, /started with:/],
  [/./, /^\S/],
);
