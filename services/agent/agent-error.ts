/** An agent, or one of its parts, that can't do its work on this machine: what, and what to do. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: 'helper' | 'source' | 'spool' | 'config' | 'ingest' | 'port';
  readonly hint: string | undefined;
  constructor(code: AgentError['code'], message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
