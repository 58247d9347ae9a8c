// Paid calls to a flaky dependency, through a ledger and a breaker whose states are this program's own.
#include <cloudcircuit.hpp>

#include <cstdio>

namespace cc = cloudcircuit;

// A call is 5 cents at most; this one answers what it did cost, or below 0 that it failed.
template <class Call> const char *make(cc::breaker &breaker, cc::ledger &ledger, std::int64_t now, Call call) {
    cc::ledger_config month;
    month.limit = 12; // cents

    const auto permit = breaker.acquire(now);
    if (!permit->allowed)
        return "the dependency is down";
    auto reserved = ledger.reserve(5, now, month);
    if (!reserved->decision.allowed) {
        // Nothing was called: a probe gives its place back.
        (void)breaker.report(*permit, cc::outcome::ignored, 0, cc::no_retry_at, now);
        return "no money for it";
    }

    const std::int64_t cents = call();
    const bool is_success = cents >= 0;
    // The service bills no failed call. Where that is not known, settle the whole hold.
    auto &hold = reserved->hold;
    const auto booked = is_success ? ledger.settle(hold, cents, now + 1, month) : ledger.release(hold, now + 1, month);
    const auto how = is_success ? cc::outcome::success : cc::outcome::failure;
    const auto reported = breaker.report(*permit, how, 1, cc::no_retry_at, now + 1);
    if (!booked.ok() || reported != cc::status::ok)
        return booked.ok() ? cc::message(reported) : booked.message();
    return is_success ? "done" : "failed";
}

int main() {
    cc::breaker breaker(0);
    cc::ledger ledger(1, 202401, 0);
    const std::int64_t costs[] = {4, -1, -1, -1, 3, 3, 2, 1};
    std::int64_t now = 0;
    for (const std::int64_t cents : costs) {
        const char *said = make(breaker, ledger, now, [&] { return cents; });
        std::printf("%6lld ms: %s; %lld cents spent\n", static_cast<long long>(now), said,
                    static_cast<long long>(ledger.state().settled));
        now += breaker.phase() == cc::phase::open ? 20000 : 1000;
    }
}
