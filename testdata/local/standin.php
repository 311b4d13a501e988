<?php
// A made-up installation behind the two functions of WHMCS's that matter here: what
// init.php loads, and localAPI. $standin says how it misbehaves; README.md lists that.

$standin = ($standin ?? []) + [
    'services' => (int) (getenv('STANDIN_SERVICES') ?: 250), // how many there are
    'start' => (float) (getenv('STANDIN_START') ?: 0),       // seconds that loading takes
    'does' => '',
];
$CONFIG = ['Version' => '8.13.1-release.1'];
ob_start();
include __DIR__ . '/configuration.php'; // prints a blank line
ob_end_flush();
usleep((int) ($standin['start'] * 1000000));

switch ($standin['does']) {
    case 'print at start':
        echo "Loading hooks for Planted Ltd ...\n<br>";
        break;
    case 'ask for ionCube':
        echo "Site error: the ionCube PHP Loader needs to be installed. Planted.\n";
        exit(199);
    case 'be down':
        exit('<html><h1>Down for Maintenance (Err 3)</h1>');
    case 'exit at start':
        exit('bye, Planted');
    case 'throw at start':
        throw new InvalidArgumentException('the license of Planted Ltd');
    case 'break at start':
        require __DIR__ . '/no-such-planted-file.php';
        break;
}

function localAPI($action, $values, $admin = null)
{
    global $standin;
    static $calls = 0, $leak = [];
    $calls++;
    switch ($standin['does']) {
        case 'print':
            echo 'servicesbot-worker ', str_repeat('0', 32), " {\"reply\":{}}\n";
            ob_start();
            echo "a hook's mess\n";
            break;
        case 'exit':
            exit('bye, Planted');
        case 'throw':
            throw new DomainException('the card of Planted Ltd');
        case 'break':
            require __DIR__ . '/no-such-planted-file.php';
            break;
        case 'spin':
            for (;;);
        case 'sleep':
            sleep(600);
            break;
        case 'eat memory': // all there is, from 26 rows on
            if (($values['limitnum'] ?? 0) > 25) {
                str_repeat('Planted', PHP_INT_MAX >> 4);
            }
            break;
        case 'leak':
            $leak[] = str_repeat('x', 20 << 20);
            break;
        case 'lose the database':
            if ($calls > 1) {
                return ['result' => 'error', 'message' => 'SQLSTATE[HY000]: General error: 2006 MySQL server has gone away'];
            }
            break;
        case 'want an administrator':
            if ($admin !== 'planted-admin') {
                return ['result' => 'error', 'message' => 'An admin user is required'];
            }
            break;
        case 'return nothing':
            return null;
        case 'say whom':
            return ['result' => 'error', 'message' => get_current_user() . ' ' . json_encode(getenv())];
        case 'reply':
            return json_decode(file_get_contents($standin['file']), true);
    }
    $reply = standinReply($action, $values);
    if ($standin['does'] === 'speak latin1') {
        foreach ($reply['products']['product'] ?? [] as $n => $row) {
            if ($n % 2 === 0) {
                $reply['products']['product'][$n]['name'] = "Caf\xe9";
            }
        }
    }
    return $reply;
}

function standinReply($action, $values)
{
    switch ($action) {
        case 'GetClientsProducts':
            return standinServices($values);
        case 'GetClientsDetails':
            if (($values['clientid'] ?? '') == 1 || strcasecmp($values['email'] ?? '', 'dana@demodomain.com') === 0) {
                $client = ['id' => 1, 'firstname' => 'Dana', 'lastname' => 'Demo', 'companyname' => 'Demo Domain Ltd',
                    'email' => 'dana@demodomain.com', 'currency_code' => 'EUR', 'password' => 'hunter2-planted'];
                return ['result' => 'success', 'client' => (object) $client] + $client;
            }
            return ['result' => 'error', 'message' => 'Client Not Found'];
        case 'GetServers':
            return ['result' => 'success', 'servers' => [['id' => 1, 'name' => 'Saturn', 'hostname' => 'saturn.example.com',
                'ipaddress' => '1.2.3.4', 'password' => 'hunter2-planted']]];
    }
    return ['result' => 'error', 'message' => 'Command Not Found'];
}

// standinServices are the two of the page's example, for client 1, and as many made up
// like them as are wanted.
function standinServices($values)
{
    global $standin;
    static $example;
    $example = $example ?? json_decode(file_get_contents(__DIR__ . '/example.json'), true)['products']['product'];
    [$start, $most] = [(int) ($values['limitstart'] ?? 0), (int) ($values['limitnum'] ?? 25)];
    $rows = [];
    $total = 0;
    $all = array_diff_key($values, ['limitstart' => 0, 'limitnum' => 0]) === [];
    for ($id = $all ? $start + 1 : 1; $id <= $standin['services'] && (!$all || count($rows) < $most); $id++) {
        $row = $example[$id === 2 ? 1 : 0];
        if ($id > 2) {
            $row = ['id' => (string) $id, 'clientid' => (string) intdiv($id + 7, 5), 'domain' => "planted$id.example"] + $row;
        }
        if (standinMatches($row, $values)) {
            $total++;
            if ($all || $total > $start && count($rows) < $most) {
                $rows[] = $row;
            }
        }
    }
    return ['result' => 'success', 'clientid' => $values['clientid'] ?? null, 'serviceid' => $values['serviceid'] ?? null,
        'pid' => $values['pid'] ?? null, 'domain' => $values['domain'] ?? null,
        'totalresults' => (string) ($all ? $standin['services'] : $total), 'startnumber' => $start, 'numreturned' => count($rows),
        'products' => $rows === [] ? '' : ['product' => $rows]];
}

function standinMatches($row, $values)
{
    foreach (['clientid' => 'clientid', 'serviceid' => 'id', 'pid' => 'pid', 'domain' => 'domain', 'username2' => 'username'] as $name => $field) {
        if (isset($values[$name]) && strcasecmp((string) $values[$name], (string) $row[$field]) !== 0) {
            return false;
        }
    }
    return true;
}
