<?php
require __DIR__ . '/layout.php';

if (signed_in_user() === null) {
    refuse(403, 'You are not logged in.');
}
session_destroy();
page('Goodbye', '<p><a href="/login.php">Log in again</a></p>');
