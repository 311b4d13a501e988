<?php
// The stand-in for WHMCS that tests load: see README.md.
require __DIR__ . '/standin.php';
