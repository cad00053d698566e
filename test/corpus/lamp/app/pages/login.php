<?php
require __DIR__ . '/database.php';
require __DIR__ . '/layout.php';

if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    page('Log in', '<form method="post"><input name="user"><input name="password" type="password"><button>Go</button></form>');
    exit;
}
$hash = stored_hash(database(), $_POST['user']);
if ($hash === null || !password_verify($_POST['password'], $hash)) {
    error_log('login refused for ' . $_POST['user']);
    refuse(403, 'Wrong name or password.');
}
session_start();
$_SESSION['user'] = $_POST['user'];
header('Location: /welcome.php', true, 303);
