/** An analysis that gives nothing: what stood against it, and what to do. */

export type AnalysisErrorCode =
  | 'missing'
  | 'unreadable'
  | 'unsupported'
  | 'refused'
  | 'functions'
  | 'timeout'
  | 'memory'
  | 'registry';

export class AnalysisError extends Error {
  override readonly name = 'AnalysisError';
  readonly code: AnalysisErrorCode;
  readonly hint: string | undefined;
  constructor(
    code: AnalysisErrorCode,
    message: string,
    options: { cause?: unknown; hint?: string | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
