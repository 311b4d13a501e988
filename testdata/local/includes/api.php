<?php
// The stand-in over HTTP: each request loads it, as WHMCS does, and pays for the start.
require __DIR__ . '/../standin.php';

header('Content-Type: application/json');
$values = $_POST;
unset($values['action'], $values['identifier'], $values['secret'], $values['responsetype']);
echo json_encode(localAPI($_POST['action'] ?? '', $values));
