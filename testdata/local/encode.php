<?php
// Prints how many seconds PHP needs to make and encode one page of 100 services, as a
// floor for what the worker takes: php encode.php
require __DIR__ . '/standin.php';
$pages = 400;
$begun = hrtime(true);
for ($page = 0; $page < $pages; $page++) {
    strlen(json_encode(localAPI('GetClientsProducts', ['limitstart' => $page * 100 % 100, 'limitnum' => 100])));
}
echo (hrtime(true) - $begun) / $pages / 1e9;
