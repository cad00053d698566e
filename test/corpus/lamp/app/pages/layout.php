<?php
function page(string $title, string $body): void
{
    echo "<!doctype html><title>$title</title><link rel=\"stylesheet\" href=\"/style.css\"><h1>$title</h1>$body\n";
}

function signed_in_user(): ?string
{
    session_start();
    return $_SESSION['user'] ?? null;
}

function refuse(int $status, string $why): never
{
    http_response_code($status);
    page('Refused', '<p>' . htmlspecialchars($why) . '</p>');
    exit;
}
