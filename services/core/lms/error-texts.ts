/** What the C library says of an error, in its own language: where one of these stands, another can. */
const texts = [
  ...['Operation not permitted', 'No such file or directory', 'No such process', 'Interrupted system call'],
  ...['Input/output error', 'No such device or address', 'Argument list too long', 'Exec format error'],
  ...[
    'Bad file descriptor',
    'No child processes',
    'Resource temporarily unavailable',
    'Cannot allocate memory',
  ],
  ...['Permission denied', 'Bad address', 'Block device required', 'Device or resource busy', 'File exists'],
  ...['Invalid cross-device link', 'No such device', 'Not a directory', 'Is a directory', 'Invalid argument'],
  ...[
    'Too many open files in system',
    'Too many open files',
    'Inappropriate ioctl for device',
    'Text file busy',
  ],
  ...['File too large', 'No space left on device', 'Illegal seek', 'Read-only file system', 'Too many links'],
  ...['Broken pipe', 'Numerical result out of range', 'Resource deadlock avoided', 'File name too long'],
  ...[
    'No locks available',
    'Function not implemented',
    'Directory not empty',
    'Protocol error',
    'Bad message',
  ],
  ...[
    'Value too large for defined data type',
    'Socket operation on non-socket',
    'Destination address required',
  ],
  ...[
    'Message too long',
    'Protocol wrong type for socket',
    'Protocol not available',
    'Protocol not supported',
  ],
  ...['Operation not supported', 'Address family not supported by protocol', 'Address already in use'],
  ...[
    'Cannot assign requested address',
    'Network is down',
    'Network is unreachable',
    'Connection reset by peer',
  ],
  ...['Network dropped connection on reset', 'Software caused connection abort', 'No buffer space available'],
  ...[
    'Transport endpoint is already connected',
    'Transport endpoint is not connected',
    'Connection timed out',
  ],
  ...['Connection refused', 'Host is down', 'No route to host', 'Operation already in progress'],
  ...[
    'Operation now in progress',
    'Stale file handle',
    'Disk quota exceeded',
    'Operation canceled',
    'Success',
  ],
];

/** Global; finds one only where a mark or a space separates it. */
export const errorText = new RegExp(`(?<![^\\s([:="'])(?:${texts.join('|')})(?![\\w-])`, 'g');
