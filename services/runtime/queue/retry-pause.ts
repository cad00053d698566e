/** How long to wait after so many failures in a row: doubled each time, up to half a minute. */
const retry_ms_max = 30_000;

export function retryPause(ms_min: number, failures: number): number {
  return Math.min(retry_ms_max, ms_min * 2 ** Math.min(20, failures - 1));
}
