"""cffi reads cloudcircuit_ffi.h as it is, lays structs out as described, and calls the library: read_ffi.py INCLUDE
LIBRARY."""
import json
import os
import sys

import cffi

include, library = sys.argv[1:]
with open(os.path.join(include, "cloudcircuit.json"), encoding="utf-8") as file:
    description = json.load(file)
ffi = cffi.FFI()
with open(os.path.join(include, "cloudcircuit_ffi.h"), encoding="utf-8") as file:
    ffi.cdef(file.read())
cloudcircuit = ffi.dlopen(library)

for struct in description["structs"]:
    assert ffi.sizeof(struct["name"]) == struct["size"], struct["name"]
    for field in struct["fields"]:
        assert ffi.offsetof(struct["name"], field["name"]) == field["offset"], field
for function in description["functions"]:
    assert getattr(cloudcircuit, function["name"]), function["name"]

result = ffi.new("cloudcircuit_budget_result *")
status = cloudcircuit.cloudcircuit_check_budget(920.0, 1000.0, ffi.NULL, result)
print(status, result.is_warning, cloudcircuit.CLOUDCIRCUIT_ERR_CURRENT_SPEND, ffi.sizeof("cloudcircuit_breaker_state"))
