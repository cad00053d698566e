<?php
require __DIR__ . '/database.php';
require __DIR__ . '/layout.php';

$user = signed_in_user();
if ($user === null) {
    refuse(403, 'You are not logged in.');
}
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    page('Reset password', '<form method="post"><input name="password" type="password"><button>Go</button></form>');
    exit;
}
$db = database();
$update = $db->prepare('UPDATE users SET password_hash = ? WHERE name = ?');
$update->execute([hash_of($_POST['password']), $user]);
session_destroy();
page('Password reset', '<p><a href="/login.php">Log in again</a></p>');
