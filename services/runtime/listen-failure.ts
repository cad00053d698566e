/** Why an address can't be listened on, in words. It must not know what would have listened, nor who reads it. */

export function listenFailure(cause: NodeJS.ErrnoException, host: string, port: number): string {
  if (cause.code === 'EADDRINUSE') return `port ${port} on ${host} is taken by another program`;
  if (cause.code === 'EACCES') return `port ${port} may not be used by this user`;
  return `${host}, port ${port} can't be listened on (${cause.code ?? cause.message})`;
}
