<?php
require __DIR__ . '/database.php';
require __DIR__ . '/layout.php';

if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    page('Register', '<form method="post"><input name="user"><input name="password" type="password"><button>Go</button></form>');
    exit;
}
try {
    $db = database();
    $insert = $db->prepare('INSERT INTO users (name, password_hash) VALUES (?, ?)');
    $insert->execute([$_POST['user'], hash_of($_POST['password'])]);
} catch (mysqli_sql_exception $problem) {
    error_log('register: ' . $problem->getMessage());
    refuse(409, 'This name is taken.');
}
page('Registered', '<p><a href="/login.php">Log in</a></p>');
