<?php
// Benign, and close to the attack on purpose: PHP starts a shell here too, and it reads one of the release files.
require __DIR__ . '/layout.php';

if (signed_in_user() === null) {
    refuse(403, 'You are not logged in.');
}
page('Status', '<pre>' . htmlspecialchars(shell_exec('cat /etc/debian_version; date -u')) . '</pre>');
