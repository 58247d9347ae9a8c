// The golden cases, line by line, as tests/golden/cases.txt tells. Runs in Node and in a browser.

/** Answers for every kind of line, as the cases write them: the status, then the numbers. */
export function goldenCases(cc, constants) {
  const numbers = (text) => Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
  const list = (text) => (text === "-" ? [] : text.split(",").map(numbers));
  const big = (text) => BigInt(text);
  const number = (group, word) => {
    const name = `CLOUDCIRCUIT_${group}_${word}`.toUpperCase();
    return word === null ? 0 : constants.find((constant) => constant.name === name).value;
  };
  const word = (group, text) => {
    const prefix = `CLOUDCIRCUIT_${group}_`;
    const found = constants.find(({ name, value }) => name.startsWith(prefix) && String(value) === text);
    // What is no constant goes in as it is.
    return found ? found.name.slice(prefix.length).toLowerCase() : Number(text);
  };
  const bits = (group, words) => words.reduce((sum, word) => sum | number(group, word), 0);
  const places = (indices) => indices.reduce((sum, index) => sum | (1 << index), 0);

  /** The status as the cases name it, and what the call returned. */
  const answer = (call) => {
    try {
      return ["OK", call()];
    } catch (error) {
      if (!(error instanceof cc.CloudcircuitError)) throw error;
      return [error.name.replace("CLOUDCIRCUIT_", ""), undefined];
    }
  };
  // Results of a call: on an error the numbers of the line are those of a refusal, which nobody sees.
  const told = (call, fields) => {
    const [status, found] = answer(call);
    return status === "OK" ? [status, ...fields(found)] : [status];
  };

  const detection = (it) => [
    it.latestSpend, it.expectedSpend, it.upperBound, it.excess, it.score, it.leakScore, it.dropScore, it.pointsUsed,
    number("VERDICT", it.verdict), number("DETECT_REASON", it.reason), it.isLeak, it.isDrop,
  ];
  const ledgerDecision = (it) => [
    it.settled, it.held, it.available, it.overshoot, it.expired, number("LEDGER_REASON", it.reason), it.allowed,
    it.wouldRefuse, it.clockRegressed, places(it.crossed), places(it.newlyCrossed),
  ];
  const rateDecision = (it) => [
    it.used, it.available, it.retryAfter, it.takenAt, number("RATE_REASON", it.reason), it.allowed, it.wouldRefuse,
    it.clockRegressed,
  ];
  const permit = (it) => [
    it.generation, it.retryAfter, it.deadline, number("BREAKER", it.phase), it.allowed, it.wouldRefuse, it.probeSlot,
    it.clockRegressed,
  ];

  // States, and what lines pass on by name. Before each call a state goes through its bytes.
  const config = {};
  const state = {};
  const held = {};
  const stored = (kind, type) => {
    const bytes = state[kind].encode();
    state[kind] = type.decode(bytes, config[kind]);
    return { it: state[kind], keptIf: (status) => status === "OK" || same(state[kind].encode(), bytes) };
  };
  const same = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index]);
  const onState = (kind, type, call, fields) => {
    const { it, keptIf } = stored(kind, type);
    const found = told(() => call(it), fields);
    if (!keptIf(found[0])) throw new Error("a refused call changed the state");
    return found;
  };
  const onLedger = (call) => onState("ledger", cc.Ledger, call, ledgerDecision);
  const onRate = (call) => onState("rate", cc.RateLimit, call, rateDecision);
  const onBreaker = (call, fields) => onState("breaker", cc.Breaker, call, fields);
  const onHold = (method, name, ...values) => onLedger((ledger) => ledger[method](held[name], ...values.map(big)));
  // Phase and revision stand on the line also after an error.
  const stands = (call) => {
    const [status] = onBreaker(call, () => []);
    return [status, number("BREAKER", state.breaker.phase), state.breaker.revision];
  };

  return {
    budget: (spend, limit, ratio) => {
      const values = [numbers(spend), numbers(limit), numbers(ratio)];
      const found = told(
        () => cc.checkBudget(values[0], values[1], { warningRatio: values[2] }),
        (it) => [it.usageRatio, it.remainingBudget, it.isWarning, it.isBreached],
      );
      return flagged(found, cc.budgetFlags(...values), cc.FLAG_WARNING, cc.FLAG_BREACHED);
    },
    budget_i64: (spend, limit, ppm) => {
      const found = told(
        () => cc.checkBudgetI64(big(spend), big(limit), { warningPpm: Number(ppm) }),
        (it) => [it.usagePpm, it.remainingBudget, it.isWarning, it.isBreached],
      );
      return flagged(found, cc.budgetFlagsI64(big(spend), big(limit), Number(ppm)), cc.FLAG_WARNING, cc.FLAG_BREACHED);
    },
    spike: (multiplier, baseline, ...points) => {
      const [spikeMultiplier, minBaseline] = [numbers(multiplier), numbers(baseline)];
      const series = points.map(numbers);
      const fields = (it) => [it.latestSpend, it.baselineMean, it.threshold, it.isSpike];
      const found = told(() => cc.checkAnomalySpike(Float64Array.from(series), { spikeMultiplier, minBaseline }), fields);
      told(() => cc.checkAnomalySpike(series, { spikeMultiplier, minBaseline }), fields);
      return flagged(found, cc.spikeFlags(series, spikeMultiplier, minBaseline), cc.FLAG_SPIKE);
    },
    spike_i64: (ppm, baseline, ...points) =>
      told(
        () => cc.checkAnomalySpikeI64(points.map(big), { spikeMultiplierPpm: Number(ppm), minBaseline: big(baseline) }),
        (it) => [it.latestSpend, it.baselineMean, it.threshold, it.isSpike],
      ),
    breaker: (...counters) => {
      const [consecutiveFailures, failureThreshold, cooldownStepsRemaining] = counters.map(big);
      const found = told(
        () => cc.evaluateCircuitBreaker({ consecutiveFailures, failureThreshold, cooldownStepsRemaining }),
        (it) => [it.retryAfterSteps, it.isOpen, it.allowOperation],
      );
      return flagged(found, cc.breakerFlags(...counters.map(big)), cc.FLAG_OPEN, 0);
    },
    guard: (...arguments_) => {
      const [signals, policy] = [arguments_.slice(0, -1), arguments_.at(-1)];
      const findings = signals.map((signal) => {
        const [kind, status, reasons, monitorReasons, retryAfter] = signal.split(",");
        return { kind: word("SIGNAL", kind), status: Number(status), reasons: Number(reasons), monitorReasons: Number(monitorReasons), retryAfter: big(retryAfter) };
      });
      const names = ["onWarning", "onBreach", "onSpike", "onLeak", "onOpen", "onOverLimit", "onRate", "onForecast",
        "onInsufficient", "onError", "onMissing", "required", "monitor"];
      const by = policy === "-" ? undefined : Object.fromEntries(policy.split(",").map((value, index) => [names[index], Number(value)]));
      const decide = (findings) =>
        told(
          () => cc.evaluateGuard(findings, by),
          (it) => [number("ACTION", it.action), number("ACTION", it.monitorAction), bits("REASON", it.reasons),
            bits("REASON", it.monitorReasons), bits("SIGNAL", it.kinds), it.retryAfter],
        );
      if (String(decide(findings.toReversed())) !== String(decide(findings))) throw new Error("another order, another verdict");
      return decide(findings);
    },
    money_from_double: (amount, scale) => told(() => cc.moneyFromDouble(numbers(amount), Number(scale)), (it) => [it]),
    money_to_double: (minor, scale) => told(() => cc.moneyToDouble(big(minor), Number(scale)), (it) => [it]),

    forecast: (season, lag, negative, start, step, periodLen, limit, history, period) =>
      told(
        () =>
          cc.forecastBudget(list(history), list(period), Number(periodLen), numbers(limit), {
            seasonLength: Number(season), lagPoints: Number(lag), negativePoints: Number(negative), startTime: big(start), step: big(step),
          }),
        (it) => [it.spendToDate, it.forecastSpend, it.lowerBound, it.upperBound, it.forecastRatio, it.burnRate,
          it.exhaustionPoint, it.isForecastBreached, number("VERDICT", it.verdict)],
      ),
    detect_config: (...values) => {
      const names = ["seasonLength", "window", "lagPoints", "negativePoints", "scoreThreshold", "minImpact", "minRelativeImpact", "minBaseline"];
      config.detect = Object.fromEntries(names.map((name, index) => [name, numbers(values[index])]));
      Object.assign(config.detect, { startTime: big(values[8]), step: big(values[9]) });
    },
    detect: (...points) => told(() => cc.detectSpike(points.map(numbers), config.detect), detection),
    detect_scan: (...points) =>
      told(
        () => cc.scanSpikes(points.map(numbers), config.detect),
        (it) => points.flatMap((_, index) => [it.flags[index], it.expectedSpend[index], it.upperBound[index]]),
      ),
    detect_init: () => told(() => (state.tracker = new cc.SpikeTracker(config.detect)), () => []),
    detect_update: (point) => onState("tracker", cc.SpikeTracker, (tracker) => tracker.update(numbers(point)), detection),

    ledger_config: (limit, carry, debt, duration, thresholds, unit, basis, mode) => {
      config.ledger = {
        limit: big(limit), carryMax: big(carry), debtMax: big(debt), holdDuration: big(duration),
        thresholds: thresholds === "-" ? [] : thresholds.split(",").map(big), thresholdUnit: word("THRESHOLD", unit),
        thresholdBasis: word("BASIS", basis), mode: word("MODE", mode),
      };
    },
    ledger_init: (ledgerId, period, now) =>
      told(() => {
        state.ledger = new cc.Ledger({ ledgerId: big(ledgerId), period: big(period), now: big(now) }, config.ledger);
      }, () => []),
    ledger_reserve: (name, estimate, now) => {
      held[name] = { ledgerId: 0n, id: 0n, period: 0n, amount: 0n, expiresAt: 0n };
      return onLedger((ledger) => {
        const { hold, decision } = ledger.reserve(big(estimate), big(now));
        held[name] = hold;
        return decision;
      });
    },
    ledger_extend: (...values) => onHold("extend", ...values),
    ledger_post: (...values) => onHold("post", ...values),
    ledger_settle: (...values) => onHold("settle", ...values),
    ledger_release: (...values) => onHold("release", ...values),
    ledger_record: (amount, now) => onLedger((ledger) => ledger.record(big(amount), big(now))),
    ledger_roll: (period, now) => onLedger((ledger) => ledger.roll(big(period), big(now))),
    ledger_reset: (period, now) => told(() => state.ledger.reset(big(period), big(now)), () => []),

    rate_config: (limit, duration, mode) => {
      config.rate = { limit: big(limit), duration: big(duration), mode: word("MODE", mode) };
    },
    rate_init: (now) => told(() => (state.rate = new cc.RateLimit(big(now), config.rate)), () => []),
    rate_acquire: (amount, now) => onRate((limit) => limit.acquire(big(amount), big(now))),
    rate_adjust: (takenAt, by, now) => onRate((limit) => limit.adjust(big(takenAt), big(by), big(now))),
    rate_reset: (now) => told(() => state.rate.reset(big(now)), () => []),

    breaker_config: (...values) => {
      const names = ["failureThreshold", "failureCount", "windowSize", "minimumCalls", "failureRatePpm", "slowCallRatePpm",
        "halfOpenMaxProbes", "halfOpenCalls", "halfOpenFailureRatePpm", "backoffPpm", "jitterPpm", "mode", "jitterSeed",
        "windowDuration", "slowCallDuration", "openDuration", "maxOpenDuration", "probeTimeout", "halfOpenDuration",
        "tripsDecay", "maxRetryAfter", "rampDuration"];
      config.breaker = Object.fromEntries(names.map((name, index) => [name, big(values[index])]));
      config.breaker.mode = word("MODE", values[names.indexOf("mode")]);
    },
    breaker_init: (now) => told(() => (state.breaker = new cc.Breaker(big(now), config.breaker)), () => []),
    breaker_acquire: (name, now) =>
      onBreaker((breaker) => (held[name] = breaker.acquire(big(now))), permit),
    breaker_peek: (name, now) => onBreaker((breaker) => (held[name] = breaker.peek(big(now))), permit),
    breaker_report: (name, outcome, duration, retryAt, now) =>
      stands((breaker) =>
        breaker.report(held[name], word("OUTCOME", outcome), big(now), { duration: big(duration), retryAt: big(retryAt) }),
      ),
    breaker_force: (phase, until, now) => stands((breaker) => breaker.force(word("BREAKER", phase), big(until), big(now))),
    breaker_reset: (now) => stands((breaker) => breaker.reset(big(now))),
  };

  /** Checks the answer as bits, also of an error. */
  function flagged(found, flags, ...of) {
    const [status, ...values] = found;
    const expected = status === "OK" ? values.slice(-of.length).reduce((sum, value, index) => sum | (value ? of[index] : 0), 0) : cc.FLAG_INVALID | of.reduce((sum, flag) => sum | flag, 0);
    if (flags !== expected) throw new Error(`flags ${flags}, expected ${expected}`);
    return found;
  }
}

/** Whether a number is the one on the line, to the bit. */
function isSame(value, text) {
  if (typeof value === "number") return Object.is(value, Number(text.replace("inf", "Infinity").replace("nan", "NaN")));
  return String(typeof value === "boolean" ? Number(value) : value) === text;
}

/** Runs all lines. Returns how many there are of each kind, and what went wrong. */
export function runGolden(cc, constants, text) {
  const calls = goldenCases(cc, constants);
  const seen = {};
  const failures = [];
  for (const line of text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) {
    const [call, expected] = line.split("=>");
    const [kind, ...arguments_] = call.trim().split(/ +/);
    seen[kind] = (seen[kind] ?? 0) + 1;
    try {
      const found = calls[kind](...arguments_) ?? [];
      const wanted = expected === undefined ? [] : expected.trim().split(/ +/);
      // After an error only the status is seen, and where a state stands.
      const isRefused = found.length === 1 && wanted[0] !== "OK";
      const isRight = isRefused ? found[0] === wanted[0] : found.length === wanted.length && found.every((value, index) => isSame(value, wanted[index]));
      if (!isRight) failures.push(`${line}\n  found ${found.join(" ")}`);
    } catch (error) {
      failures.push(`${line}\n  ${error.stack}`);
    }
  }
  return { seen, failures };
}
