/**
 * The paper's attack: a page of the application starts a script that was planted there, which reads the release files
 * and sends them to the attacker. Other pages start shells that read such files, too, and operators' shells connect
 * outwards.
 */
import type { Scenario } from '../scenario.ts';
import { app, portalPackages, portalVisits, portalWith, requestSteps, web } from '../service/portal.ts';
import { attacker, client, harmless } from '../stage.ts';

const place = `${attacker}:4444`;

/** As that of the recordings, but that it says who it is. */
const page = `<?php
require __DIR__ . '/layout.php';
if (signed_in_user() === null) {
    refuse(403, 'You are not logged in.');
}
shell_exec('/srv/app/bin/mal.sh');
page('A gift for you', '<p>Thank you for your patience.</p>' . getmypid());
`;

export const dataTheft: Scenario = {
  name: 'data-theft',
  title: 'a link starts a planted script, which sends files to the attacker',
  packages: portalPackages,
  hosts: portalWith({ app: { prepare: (container) => container.write('srv/app/pages/link.php', page) } }),
  load: {
    visits: portalVisits,
    chores: [
      {
        host: 'app',
        command: ['/bin/sh', '-c', 'cat /etc/os-release | head -n 1; ls /var/lib/php/sessions | wc -l'],
      },
      { host: 'web', command: ['/bin/sh', '-c', 'tail -n 3 /var/log/apache2/access.log | wc -c'] },
      { host: 'app', command: ['/bin/bash', '-c', `echo hello >/dev/tcp/${harmless}/80`] },
    ],
  },
  async attack(stage) {
    await stage.outside.listen(attacker, 4444);
    const browser = stage.outside.browser(client);
    await browser.ask(web, 80, {
      method: 'POST',
      path: '/login.php',
      form: { user: 'victor', password: 'correct horse' },
      status: 303,
    });
    await browser.ask(web, 80, { path: '/welcome.php' });
    const link = await browser.ask(web, 80, { path: '/link.php' });
    const [loot] = await stage.outside.received(attacker, 4444);
    if (!loot?.text.includes('PRETTY_NAME')) throw new Error('nothing was stolen');
    return {
      symptom: place,
      also: [
        attacker,
        '/srv/app/bin/mal.sh',
        await stage.lineOf('web', '/var/log/apache2/access.log', 'GET /link.php'),
      ],
      rootCause: { kind: 'connection', from: link.client, to: `${web}:80` },
      steps: [
        ...requestSteps(link),
        { what: 'the page', at: { kind: 'file', path: '/srv/app/pages/link.php' } },
        {
          what: 'the script is started',
          at: { kind: 'process', container: 'app', words: '/srv/app/bin/mal.sh' },
        },
        { what: 'the script', at: { kind: 'file', path: '/srv/app/bin/mal.sh' } },
        { what: 'the file that is stolen', at: { kind: 'file', path: '/usr/lib/os-release' } },
        { what: 'the loot is sent away', at: { kind: 'connection', from: app, to: place } },
      ],
    };
  },
};
