<?php
// Reads a request from standard input and hands it to the function, as a forking platform's PHP template does.
require __DIR__ . '/src/Handler.php';

use App\Handler;

$stdin = stream_get_contents(STDIN);
$handler = new Handler('inventory');
$response = $handler->handle($stdin);
echo $response . "\n";
