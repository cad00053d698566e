/**
 * Why a service could not be asked, in words that say what to change: it is not there, its certificate is not trusted,
 * of another name or over, or it speaks no TLS. It must not know what was to be asked.
 */

interface Failure {
  readonly name?: string;
  readonly code?: string;
  readonly message: string;
  readonly cause?: unknown;
  /** Of a certificate for other names. */
  readonly cert?: { readonly subjectaltname?: string };
}

const untrusted = 'its certificate is of an authority that is not trusted here';
const notTls = 'it does not speak TLS there (http:// in place of https://?)';
const wantsTls =
  'the connection was closed without an answer (https:// in place of http://, or a client’s certificate, may be wanted)';
const wantsCertificate = 'it wants a certificate of whoever asks, of an authority that it trusts';

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host could not be looked up',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that host',
  ETIMEDOUT: 'there was no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'there was no answer in time',
  ECONNRESET: wantsTls,
  UND_ERR_SOCKET: wantsTls,
  HPE_INVALID_CONSTANT: 'what answers there does not speak HTTP (https:// in place of http://?)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the clock right?',
  CERT_REVOKED: 'its certificate has been revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  EPROTO: notTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: wantsCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: wantsCertificate,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: wantsCertificate,
};

/** With the code, for whom it tells more; the code or message alone where nothing is known of it. */
export function connectionFailure(error: unknown): string {
  const failure = deepest(error as Failure);
  const { name, code, message, cert } = failure;
  if (name === 'TimeoutError') return 'there was no answer in time';
  if (code === undefined) return message;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `its certificate is for other names, ${cert?.subjectaltname ?? 'none that is said'} (${code})`;
  const sentence = sentences[code];
  return sentence === undefined ? code : `${sentence} (${code})`;
}

/** `fetch` says only that it failed; what failed is its cause. */
function deepest(failure: Failure): Failure {
  const { cause } = failure;
  return cause instanceof Error && failure.code === undefined ? deepest(cause as Failure) : failure;
}
