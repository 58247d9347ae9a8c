# frozen_string_literal: true

# Spend safeguards as pure functions: is the budget breached, is this a spike, may this operation run. The decisions
# are libcloudcircuit's, the same ones to the bit in every host.
#
# Every function checks its arguments. A broken rule raises the exception of its status, see {Error}; something that
# is no number at all, or an Integer that does not fit, raises a TypeError or RangeError that names the argument.
# Results are frozen.
#
# Amounts of money are in the caller's currency unit, the same one throughout a call. The functions that end in _i64
# count in whole minor units (cents, micros) and never round a decision.
#
# All of it may be called from any thread, in signal handlers and after fork.
module Cloudcircuit
end

require_relative "cloudcircuit/version"
require_relative "cloudcircuit/library"
require_relative "cloudcircuit/errors"
require_relative "cloudcircuit/constants"
require_relative "cloudcircuit/convert"
require_relative "cloudcircuit/layout"
require_relative "cloudcircuit/budget"
require_relative "cloudcircuit/spike"
require_relative "cloudcircuit/circuit_breaker"
require_relative "cloudcircuit/guard"
require_relative "cloudcircuit/state"
require_relative "cloudcircuit/running"
require_relative "cloudcircuit/breaker"
require_relative "cloudcircuit/ledger"
require_relative "cloudcircuit/ledgers"
require_relative "cloudcircuit/rate_limit"
require_relative "cloudcircuit/money"
require_relative "cloudcircuit/columns"
require_relative "cloudcircuit/detect"
require_relative "cloudcircuit/spike_tracker"
require_relative "cloudcircuit/forecast"
