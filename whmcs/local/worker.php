<?php
// The worker of servicesbot for WHMCS's Local API, for PHP 7.4 to 8.3:
//
//     php -q worker.php [--admin=NAME] /path/to/whmcs
//
// It loads WHMCS once, says in a line that it is ready, and then answers each line of its
// input, a JSON request, with one line: MARKER, a random word that it keeps, JSON.
//
// The Local API asks for no credential and no API role: THIS FILE IS THE ONLY PERMISSION
// CHECK. It knows four actions, which only read, and no password leaves it.

final class ServicesbotWorker
{
    private const MARKER = 'servicesbot-worker';
    private const ACTIONS = [
        'GetClientsProducts' => ['limitstart', 'limitnum', 'clientid', 'serviceid', 'pid', 'domain', 'username2'],
        'GetClientsDetails' => ['clientid', 'email'],
        'GetClients' => ['search', 'status', 'orderby', 'sorting', 'limitstart', 'limitnum'],
        'GetServers' => [],
    ];
    private const MAX_REQUEST = 8192;     // bytes of a line
    private const MAX_TEXT = 255;         // bytes of a parameter
    private const MAX_ANSWERS = 1000;     // after which the process ends, and
    private const MAX_GROWTH = 33554432;  // bytes of memory kept since the first answer after which it does
    private const JSON = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;
    private const ANYWAY = JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR;

    private $session, $admin = '', $root = '';
    private $doing = 'start';            // start, call, or '': the process may end now
    private $printed = 0, $kept = '';    // what WHMCS and its hooks printed: bytes since the last line; how it began
    private $reserve;                    // memory for saying that there is none left
    private $answers = 0, $memory = 0;   // so far; in use after the first

    public function __construct(array $arguments)
    {
        $this->session = bin2hex(random_bytes(16));
        $this->reserve = str_repeat('x', 262144);
        $this->admin = getopt('', ['admin:'], $first)['admin'] ?? '';
        $this->root = realpath($arguments[$first] ?? '') ?: rtrim($arguments[$first] ?? '', '/');
        register_shutdown_function([$this, 'ended']);
        $this->quiet();
    }

    // quiet counts and drops what is printed from now on, whatever WHMCS set meanwhile.
    private function quiet(): void
    {
        function_exists('ini_set') && ini_set('display_errors', 'stderr');
        while (ob_get_level() > 0 && ob_end_flush());
        ob_start(function (string $text): string {
            $this->printed += strlen(trim($text)); // configuration.php often prints a blank line
            $this->kept .= $this->doing === 'start' ? substr($text, 0, 8192 - strlen($this->kept)) : '';
            return '';
        }, 4096);
    }

    // prepare returns the file that loads WHMCS, where this user may read and write what it needs.
    public function prepare(): string
    {
        foreach (['init.php', 'configuration.php'] as $name) {
            $file = "$this->root/$name";
            if (!is_readable($file)) {
                $this->fail(is_file("$this->root/init.php") ? 'unreadable' : 'root', $file);
            }
        }
        preg_match('/(?:^|;|<\?php)\s*\$templates_compiledir\s*=\s*[\'"]([^\'"]+)[\'"]/m', file_get_contents($file), $found);
        $folder = $found[1] ?? 'templates_c';
        $folder = $folder[0] === '/' ? $folder : "$this->root/$folder";
        if (!is_writable($folder)) {
            $this->fail('unwritable', $folder);
        }
        chdir($this->root);
        return "$this->root/init.php";
    }

    // serve answers requests until the input ends.
    public function serve(): void
    {
        if (!function_exists('localAPI')) {
            $this->fail('root', "$this->root/init.php");
        }
        $version = $GLOBALS['CONFIG']['Version'] ?? '';
        $this->say(['php' => PHP_VERSION, 'whmcs' => is_string($version) ? $version : '', 'worker' => md5_file(__FILE__)]);
        while (($line = fgets(STDIN, self::MAX_REQUEST)) !== false) {
            $request = json_decode($line, true, 4);
            $facts = $this->permits($request) ? $this->answer($request) : ['failed' => 'refused', 'last' => false];
            $this->say($facts);
            $facts['last'] && exit;
        }
    }

    private function permits($request): bool
    {
        $action = is_array($request) && is_string($request['action'] ?? null) ? $request['action'] : '';
        if (!isset(self::ACTIONS[$action]) || !is_array($request['values'] ?? null) || !is_int($request['seconds'] ?? null)) {
            return false;
        }
        foreach ($request['values'] as $value) {
            if (!is_int($value) && (!is_string($value) || strlen($value) > self::MAX_TEXT)) {
                return false;
            }
        }
        return array_diff(array_keys($request['values']), self::ACTIONS[$action]) === [];
    }

    private function answer(array $request): array
    {
        $this->doing = 'call';
        $this->limit($request['seconds']);
        $reply = localAPI($request['action'], $request['values'], ...array_filter([$this->admin]));
        $facts = is_array($reply) ? $this->encoded($this->cleaned($reply)) : ['failed' => 'nothing'];
        $this->limit(0);
        unset($reply);
        gc_collect_cycles();
        gc_mem_caches();
        $used = memory_get_usage() - strlen($facts['reply'] ?? '');
        $this->memory = $this->memory ?: $used;
        return $facts + ['last' => ++$this->answers >= self::MAX_ANSWERS || $used > $this->memory + self::MAX_GROWTH];
    }

    // limit ends the process after so many seconds, even where it waits for a database; 0: never.
    private function limit(int $seconds): void
    {
        function_exists('set_time_limit') && set_time_limit($seconds); // counts PHP's own work, and can say so
        function_exists('pcntl_alarm') && pcntl_alarm($seconds > 0 ? $seconds + 2 : 0);
    }

    // cleaned is a reply as arrays, without passwords.
    private function cleaned(array $values): array
    {
        foreach ($values as $key => $value) {
            if (is_string($key) && stripos($key, 'password') !== false) {
                unset($values[$key]);
            } elseif (is_array($value) || is_object($value)) { // an object as the array that its JSON is
                $values[$key] = $this->cleaned(is_array($value) ? $value : (array) json_decode(json_encode($value, self::ANYWAY), true));
            }
        }
        return $values;
    }

    // encoded is a reply as JSON, and in how many of its rows text that is no UTF-8 was replaced.
    private function encoded(array $reply): array
    {
        $json = json_encode($reply, self::JSON);
        if ($json !== false) {
            return ['replaced' => 0, 'reply' => $json];
        }
        $rows = $reply['products']['product'] ?? $reply['clients']['client'] ?? $reply['servers'] ?? [];
        $bad = array_filter((array) $rows, function ($row) { return json_encode($row) === false; });
        return ['replaced' => max(1, count($bad)), 'reply' => json_encode($reply, self::JSON | self::ANYWAY)];
    }

    // say writes a line, after which the process may end. The reply, JSON already, goes last.
    private function say(array $facts): void
    {
        $reply = isset($facts['reply']) ? ',"reply":' . $facts['reply'] : '';
        unset($facts['reply']);
        $this->quiet();
        $head = json_encode($facts + ['printed' => $this->printed], self::JSON | self::ANYWAY);
        $line = "\n" . self::MARKER . " $this->session " . substr($head, 0, -1) . $reply . "}\n";
        [$this->printed, $this->doing] = [0, ''];
        while ($line !== '' && ($written = fwrite(STDOUT, $line)) > 0) {
            $line = (string) substr($line, $written);
        }
    }

    // fail says why there is no answer, never in the words of an error, and ends the process.
    public function fail(string $why, string $file, array $facts = []): void
    {
        $user = function_exists('posix_getpwuid') ? posix_getpwuid(posix_geteuid())['name'] ?? '' : '';
        $this->say(['failed' => $why, 'file' => $file, 'user' => $user, 'php' => PHP_VERSION, 'last' => true] + $facts);
        exit(1);
    }

    // ended says why PHP ends in the middle of something.
    public function ended(): void
    {
        $this->reserve = null;
        $this->quiet();
        $error = error_get_last() ?? ['type' => 0];
        $fatal = ($error['type'] & (E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_RECOVERABLE_ERROR)) !== 0;
        $text = $fatal ? $error['message'] : '';
        $signs = ['memory' => '/^(Allowed memory size|Out of memory)/', 'time' => '/^Maximum execution time/']
            + ($this->doing === 'start' ? ['ioncube' => '/ioncube/i', 'maintenance' => '/down for maintenance/i'] : []);
        $why = $fatal ? 'fatal' : 'exit';
        foreach ($signs as $sign => $pattern) {
            $why = preg_match($pattern, $text . $this->kept) ? $sign : $why;
        }
        $class = preg_match('/^Uncaught ([\w\\\\]+)/', $text, $found) ? $found[1] : 'Fatal error';
        $place = $fatal ? ['class' => $class, 'line' => $error['line']] : [];
        $this->doing === '' || $this->fail($why, $fatal ? $error['file'] : '', $place);
    }
}

$servicesbotWorker = new ServicesbotWorker($argv);
try {
    require $servicesbotWorker->prepare();
    $servicesbotWorker->serve();
} catch (Throwable $thrown) {
    $servicesbotWorker->fail('exception', $thrown->getFile(), ['class' => get_class($thrown), 'line' => $thrown->getLine()]);
}
