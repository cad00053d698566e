<?php
require __DIR__ . '/layout.php';

$user = signed_in_user();
if ($user === null) {
    refuse(403, 'You are not logged in.');
}
page('Welcome, ' . htmlspecialchars($user), '<p><a href="/status.php">Status</a> <a href="/link.php">A gift for you</a></p>');
