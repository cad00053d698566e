/** The agent of this machine, by its settings: which source, which files, which ingest. */
import { Agent } from './agent.ts';
import { requireHelper } from './capture/find-helper.ts';
import { KeptHelper } from './capture/kept-helper.ts';
import type { AgentConfig } from './config.ts';
import { thisHost } from './host/this-host.ts';
import { hostContainers } from './identity/host-containers.ts';
import { IngestClient } from './send/ingest-client.ts';
import { IngestCredentials } from './send/ingest-credentials.ts';
import { StatusServer } from './status-server.ts';

export interface RunningAgent {
  readonly agent: Agent;
  readonly statusPort: number;
  stop(): Promise<void>;
}

type Note = (note: string, error?: unknown) => void;

/** Rejects with AgentError where it can't begin; then nothing of it is left. */
export async function startAgent(config: AgentConfig, onNote: Note): Promise<RunningAgent> {
  let agent: Agent | undefined;
  // First, for whoever can't have the port is not to begin anything.
  const server = await StatusServer.listen(
    config.DISPROTRACK_AGENT_STATUS_PORT,
    () => agent?.status ?? { troubles: ['the agent begins'], ingest: undefined, metrics: [] },
  );
  try {
    agent = await beginAgent(config, onNote);
  } catch (error) {
    await server.close();
    throw error;
  }
  const running = agent;
  return {
    agent: running,
    statusPort: server.port,
    async stop() {
      await running.stop();
      await server.close();
    },
  };
}

async function beginAgent(config: AgentConfig, onNote: Note): Promise<Agent> {
  const host = thisHost(config.DISPROTRACK_AGENT_HOST);
  const chosen = config.DISPROTRACK_AGENT_SOURCE;
  const source = chosen === 'audit-file' ? 'audit' : chosen;
  const helper = chosen === 'audit-file' ? undefined : requireHelper(config.DISPROTRACK_AGENT_HELPER);
  const only = config.DISPROTRACK_AGENT_ONLY_CGROUPS;
  const docker = config.DISPROTRACK_AGENT_DOCKER_ROOTS;
  return await Agent.start({
    stream: { host: host.name, boot: host.bootId, source },
    spoolFolder: config.DISPROTRACK_AGENT_SPOOL,
    spool_bytes_max: config.DISPROTRACK_AGENT_SPOOL_BYTES_MAX,
    client: new IngestClient({
      url: config.DISPROTRACK_AGENT_INGEST,
      credentials: new IngestCredentials(
        {
          token: config.DISPROTRACK_AGENT_TOKEN_FILE,
          ca: config.DISPROTRACK_AGENT_CA_FILE,
          cert: config.DISPROTRACK_AGENT_CLIENT_CERT_FILE,
          key: config.DISPROTRACK_AGENT_CLIENT_KEY_FILE,
        },
        config.DISPROTRACK_AGENT_TOKEN,
      ),
      tenant: config.DISPROTRACK_AGENT_TENANT,
    }),
    startSource:
      helper === undefined
        ? undefined
        : (place) =>
            KeptHelper.find(
              {
                helper,
                source,
                prefixes: config.DISPROTRACK_AGENT_PREFIXES,
                cgroups: only.length === 0 ? 'all' : only,
                onlyCgroups: only.length > 0,
                ringBytes: config.DISPROTRACK_AGENT_RING_BYTES,
                stacks: config.DISPROTRACK_AGENT_STACKS,
              },
              config.DISPROTRACK_AGENT_SPOOL,
              place,
            ),
    logs: {
      patterns: config.DISPROTRACK_AGENT_LOGS,
      audit: chosen === 'audit-file' ? config.DISPROTRACK_AGENT_AUDIT_LOG : undefined,
    },
    containers: hostContainers({
      proc: config.DISPROTRACK_AGENT_PROC,
      cgroups: config.DISPROTRACK_AGENT_CGROUPS,
      ...(docker === undefined ? {} : { folders: { docker } }),
    }),
    onNote,
  });
}
