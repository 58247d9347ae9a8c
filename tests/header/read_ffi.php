<?php
// PHP reads cloudcircuit_ffi.h as it is: read_ffi.php INCLUDE LIBRARY.
$cloudcircuit = FFI::cdef(file_get_contents($argv[1] . "/cloudcircuit_ffi.h"), $argv[2]);

$result = $cloudcircuit->new("cloudcircuit_budget_result");
$status = $cloudcircuit->cloudcircuit_check_budget(920.0, 1000.0, null, FFI::addr($result));
$size = FFI::sizeof($cloudcircuit->type("cloudcircuit_breaker_state"));
echo "$status $result->is_warning $cloudcircuit->CLOUDCIRCUIT_ERR_CURRENT_SPEND $size\n";
