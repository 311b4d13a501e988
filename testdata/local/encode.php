<?php
// Prints how many seconds PHP needs to make and encode one page of 100 services, and of
// those its processor time, as a floor for what the worker takes: php encode.php
require __DIR__ . '/standin.php';
$pages = 400;
function processorSeconds()
{
    $used = getrusage();
    return $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1e6;
}

$begun = hrtime(true);
$began = processorSeconds();
for ($page = 0; $page < $pages; $page++) {
    strlen(json_encode(localAPI('GetClientsProducts', ['limitstart' => $page * 100 % 100, 'limitnum' => 100])));
}
echo (hrtime(true) - $begun) / $pages / 1e9, ' ', (processorSeconds() - $began) / $pages;
