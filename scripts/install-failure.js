/** Says in one sentence why npm could not install, and what to do. It must not know how npm was started. */

export const npmMissing =
  'npm was not found, and the packages come through it; install it (on Debian: apt-get install npm) and try again.';

const causes = [
  {
    pattern:
      /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/,
    sentence: (code) =>
      `the package registry could not be reached (${code}); check the network and npm's "registry" and proxy settings, and try again.`,
  },
  {
    pattern: /\b(E401|E403|ENEEDAUTH)\b/,
    sentence: (code) =>
      `the package registry refused access (${code}); check npm's credentials for it and try again.`,
  },
  {
    pattern: /\b(E404|ETARGET|E5\d\d)\b/,
    sentence: (code) =>
      `the package registry did not give a locked package (${code}); try again, or another registry.`,
  },
  {
    pattern: /\bENOSPC\b/,
    sentence: () => 'the disk is full; some 550 MB are needed beside the checkout.',
  },
  {
    pattern: /\b(EACCES|EPERM|EROFS)\b/,
    sentence: (code) => `this user may not write to the checkout or to npm's cache (${code}).`,
  },
  {
    pattern: /\bEINTEGRITY\b/,
    sentence: () =>
      'a package differs from the one that was locked (EINTEGRITY); nothing was installed from it.',
  },
  {
    pattern: /\bEUSAGE\b/,
    sentence: () => 'package.json and package-lock.json do not agree; restore them as they were committed.',
  },
];

/** `log` is what npm printed; `logFile` is where it was kept. */
export function installFailure(log, logFile) {
  for (const { pattern, sentence } of causes) {
    const match = pattern.exec(log);
    if (match !== null) return `${sentence(match[0])} npm's own words are in ${logFile}.`;
  }
  return `npm ci failed; its own words are in ${logFile}.`;
}
