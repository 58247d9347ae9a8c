-- LuaJIT reads cloudcircuit_ffi.h as it is: read_ffi.lua INCLUDE LIBRARY.
local ffi = require("ffi")
local header = assert(io.open(arg[1] .. "/cloudcircuit_ffi.h"))
ffi.cdef(header:read("*a"))
local cloudcircuit = ffi.load(arg[2])

local result = ffi.new("cloudcircuit_budget_result")
local status = cloudcircuit.cloudcircuit_check_budget(920, 1000, nil, result)
local words = {status, result.is_warning, cloudcircuit.CLOUDCIRCUIT_ERR_CURRENT_SPEND,
               ffi.sizeof("cloudcircuit_breaker_state")}
print(table.concat(words, " "))
