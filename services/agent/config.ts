/** Settings of the agent: variables of the environment, or lines of the file that --config names. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { recordSource, type SourceName } from '../core/record/record-kind.ts';
import { ConfigError, Port, readConfig } from '../runtime/config.ts';

const sources = [...(Object.keys(recordSource) as SourceName[]), 'audit-file'] as const;

/** Several values, with blanks between. */
const Words = z.string().transform((text) => text.split(/\s+/).filter((word) => word !== ''));
const Prefixes = Words.refine(
  (words) => words.every((word) => word.startsWith('/')),
  'paths must be absolute',
);

export const AgentConfig = z.object({
  DISPROTRACK_AGENT_SOURCE: z.enum(sources).default('ebpf').describe('who sees the calls'),
  DISPROTRACK_AGENT_HELPER: z.string().optional().describe('the program disprotrack-capture'),
  DISPROTRACK_AGENT_INGEST: z.url({ protocol: /^https?$/ }).describe('base URL of ingest'),
  DISPROTRACK_AGENT_TOKEN: z.string().optional().describe('bearer token for ingest'),
  DISPROTRACK_AGENT_TOKEN_FILE: z.string().optional().describe('file that holds the token'),
  DISPROTRACK_AGENT_TENANT: z.string().optional(),
  DISPROTRACK_AGENT_HOST: z.string().optional().describe('name of this host in the graph'),
  DISPROTRACK_AGENT_SPOOL: z.string().default('/var/lib/disprotrack/spool').describe('folder of the spool'),
  DISPROTRACK_AGENT_SPOOL_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1 << 20)
    .default(2 ** 30),
  DISPROTRACK_AGENT_PREFIXES: Prefixes.default(['/var/log']).describe('files whose writes are log lines'),
  DISPROTRACK_AGENT_ONLY_CGROUPS: Words.default([]).describe('record nothing of processes outside of these'),
  DISPROTRACK_AGENT_LOGS: Words.default([]).describe('patterns of log files to follow'),
  DISPROTRACK_AGENT_AUDIT_LOG: z.string().default('/var/log/audit/audit.log'),
  DISPROTRACK_AGENT_RING_BYTES: z.coerce.number().int().min(4_096).optional(),
  DISPROTRACK_AGENT_STATUS_PORT: Port.default(9_464).describe('health and metrics, on loopback'),
  DISPROTRACK_AGENT_PROC: z.string().default('/proc'),
  DISPROTRACK_AGENT_CGROUPS: z.string().default('/sys/fs/cgroup'),
  DISPROTRACK_AGENT_DOCKER_ROOTS: Words.optional(),
});
export type AgentConfig = z.output<typeof AgentConfig>;

/** Throws ConfigError. What the environment says goes before the file. */
export function readAgentConfig(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): AgentConfig {
  let lines: Record<string, string | undefined> = {};
  if (file !== undefined) {
    try {
      lines = parseEnv(readFileSync(file, 'utf8'));
    } catch (error) {
      throw new ConfigError([`${file} can't be read: ${(error as Error).message}`]);
    }
    const unknown = Object.keys(lines).filter((name) => !(name in AgentConfig.shape));
    if (unknown.length > 0) throw new ConfigError(unknown.map((name) => `${name} in ${file} is no setting`));
  }
  return readConfig(AgentConfig, { ...lines, ...environment });
}

/** The token itself, or what its file holds. Throws ConfigError. */
export function ingestToken(config: AgentConfig): string | undefined {
  const { DISPROTRACK_AGENT_TOKEN: token, DISPROTRACK_AGENT_TOKEN_FILE: file } = config;
  if (file === undefined) return token;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError([`DISPROTRACK_AGENT_TOKEN_FILE=${file}: ${(error as Error).message}`]);
  }
}
