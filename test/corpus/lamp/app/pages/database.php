<?php
// The one connection a page makes. A fresh one for each request, so that a request's path crosses the network
// to the database where the kernel can see it.
function database(): mysqli
{
    mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
    return new mysqli('10.77.0.30', 'portal', 'portal-secret', 'portal', 3306);
}

function stored_hash(mysqli $db, string $user): ?string
{
    $query = $db->prepare('SELECT password_hash FROM users WHERE name = ?');
    $query->execute([$user]);
    $row = $query->get_result()->fetch_row();
    return $row ? $row[0] : null;
}

// Cost 4: the recording is about causes, not about strength, and two cores serve all three services.
function hash_of(string $password): string
{
    return password_hash($password, PASSWORD_BCRYPT, ['cost' => 4]);
}
