
<?php
// As in many an installation, there is a blank line before the first tag.
$db_password = 'hunter2-planted';
$templates_compiledir = 'templates_c';
