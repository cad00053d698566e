/** Settings of the agent: variables of the environment, or lines of the file that --config names. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { recordSource, type SourceName } from '../core/record/record-kind.ts';
import { Port, readConfig } from '../runtime/config.ts';
import { readSettingLines } from './settings-file.ts';

const sources = [...(Object.keys(recordSource) as SourceName[]), 'audit-file'] as const;

/** Several values, with blanks between. */
const Words = z.string().transform((text) => text.split(/\s+/).filter((word) => word !== ''));
const Prefixes = Words.refine(
  (words) => words.every((word) => word.startsWith('/')),
  'paths must be absolute',
);

/** A file that can be read, by its path: it is read again when it changes. */
const ReadableFile = z.string().superRefine((file, context) => {
  try {
    readFileSync(file);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
});

export const AgentConfig = z
  .object({
    DISPROTRACK_AGENT_SOURCE: z.enum(sources).default('ebpf').describe('who sees the calls'),
    DISPROTRACK_AGENT_HELPER: z.string().optional().describe('the program disprotrack-capture'),
    DISPROTRACK_AGENT_INGEST: z.url({ protocol: /^https?$/ }).describe('base URL of ingest'),
    DISPROTRACK_AGENT_TOKEN: z.string().optional().describe('bearer token for ingest'),
    DISPROTRACK_AGENT_TOKEN_FILE: ReadableFile.optional().describe('file that holds the token'),
    DISPROTRACK_AGENT_CA_FILE: ReadableFile.optional().describe('authority of ingest’s certificate'),
    DISPROTRACK_AGENT_CLIENT_CERT_FILE: ReadableFile.optional().describe('certificate that the agent shows'),
    DISPROTRACK_AGENT_CLIENT_KEY_FILE: ReadableFile.optional().describe('its key'),
    DISPROTRACK_AGENT_TENANT: z.string().optional(),
    DISPROTRACK_AGENT_HOST: z.string().optional().describe('name of this host in the graph'),
    DISPROTRACK_AGENT_SPOOL: z.string().default('/var/lib/disprotrack/spool').describe('folder of the spool'),
    DISPROTRACK_AGENT_SPOOL_BYTES_MAX: z.coerce
      .number()
      .int()
      .min(1 << 20)
      .default(2 ** 30),
    DISPROTRACK_AGENT_PREFIXES: Prefixes.default(['/var/log']).describe('files whose writes are log lines'),
    DISPROTRACK_AGENT_ONLY_CGROUPS: Words.default([]).describe(
      'record nothing of processes outside of these',
    ),
    DISPROTRACK_AGENT_LOGS: Words.default([]).describe('patterns of log files to follow'),
    DISPROTRACK_AGENT_AUDIT_LOG: z.string().default('/var/log/audit/audit.log'),
    DISPROTRACK_AGENT_RING_BYTES: z.coerce.number().int().min(4_096).optional(),
    DISPROTRACK_AGENT_STACKS: z
      .stringbool()
      .default(false)
      .describe('record which lines of code write logs; with ebpf'),
    DISPROTRACK_AGENT_STATUS_PORT: Port.default(9_464).describe('health and metrics, on loopback'),
    DISPROTRACK_AGENT_PROC: z.string().default('/proc'),
    DISPROTRACK_AGENT_CGROUPS: z.string().default('/sys/fs/cgroup'),
    DISPROTRACK_AGENT_DOCKER_ROOTS: Words.optional(),
  })
  .refine(
    (config) =>
      (config.DISPROTRACK_AGENT_CLIENT_CERT_FILE === undefined) ===
      (config.DISPROTRACK_AGENT_CLIENT_KEY_FILE === undefined),
    {
      path: ['DISPROTRACK_AGENT_CLIENT_KEY_FILE'],
      message: 'a certificate and its key go together',
    },
  );
export type AgentConfig = z.output<typeof AgentConfig>;

/** Throws ConfigError, with all that is wrong. What the environment says goes before the file. */
export function readAgentConfig(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): AgentConfig {
  const { values, problems } = file === undefined ? { values: {}, problems: [] } : readSettingLines(file);
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(AgentConfig.shape, name));
  return readConfig(AgentConfig, { ...values, ...environment }, [
    ...problems,
    ...unknown.map((name) => `${name} in ${file} is no setting`),
  ]);
}
