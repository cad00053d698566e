/**
 * Somebody logs in; somebody else, at another address, has got hold of the session's cookie and resets the password.
 * Others reset theirs, too. How the cookie was stolen was not recorded.
 */
import type { Scenario } from '../scenario.ts';
import { portalPackages, portalVisits, portalWith, requestSteps, servedBy, web } from '../service/portal.ts';
import { client, otherClient } from '../stage.ts';
import type { RequestPlace } from '../truth.ts';

/** As that of the recordings, but that it says who it is. */
const reset = `<?php
require __DIR__ . '/database.php';
require __DIR__ . '/layout.php';

$user = signed_in_user();
if ($user === null) {
    refuse(403, 'You are not logged in.');
}
$db = database();
$update = $db->prepare('UPDATE users SET password_hash = ? WHERE name = ?');
$update->execute([hash_of($_POST['password']), $user]);
session_destroy();
page('Password reset', '<p><a href="/login.php">Log in again</a></p>' . getmypid());
`;

export const stolenSession: Scenario = {
  name: 'stolen-session',
  title: 'a session is used from another address to reset its owner’s password, as the database logs',
  packages: portalPackages,
  hosts: portalWith({ app: { prepare: (container) => container.write('srv/app/pages/reset.php', reset) } }),
  load: {
    visits: portalVisits,
    chores: [{ host: 'app', command: ['/bin/sh', '-c', 'ls /var/lib/php/sessions | wc -l'] }],
  },
  async attack(stage) {
    const owner = stage.outside.browser(otherClient);
    const form = { user: 'victor', password: 'correct horse' };
    const login = await owner.ask(web, 80, { method: 'POST', path: '/login.php', form, status: 303 });
    await owner.ask(web, 80, { path: '/welcome.php' });
    const thief = stage.outside.browser(client);
    for (const [name, value] of owner.cookies) thief.cookies.set(name, value);
    await thief.ask(web, 80, { path: '/welcome.php' });
    const theft = await thief.ask(web, 80, {
      method: 'POST',
      path: '/reset.php',
      form: { password: 'mine now' },
    });
    const [session] = owner.cookies.values();
    const symptom = await stage.lineOf(
      'db',
      '/var/log/mysql/general.log',
      "WHERE name = 'victor'",
      'UPDATE users SET',
    );
    const asked = servedBy(theft);
    const query: RequestPlace = { kind: 'request', container: 'db', askedBy: asked };
    return {
      symptom,
      also: [/password_hash = '[^']+'/.exec(symptom)![0]],
      rootCause: { kind: 'connection', from: theft.client, to: `${web}:80` },
      steps: [
        { what: 'the owner logs in', at: { kind: 'connection', from: login.client } },
        { what: 'the session', at: { kind: 'file', path: `/var/lib/php/sessions/sess_${session}` } },
        ...requestSteps(theft),
        { what: 'the page', at: { kind: 'file', path: '/srv/app/pages/reset.php' } },
        { what: 'it asks the database', at: { kind: 'hop', from: asked, to: query } },
        { what: 'the database runs the query', at: query },
      ],
    };
  },
};
