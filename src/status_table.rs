// Every status, listed once: its variant of `Error`, its number, its name in C and its message. A
// message names the argument and the rule. error.rs makes the enum and the look-ups from this
// table, build.rs the constants of the header. A number is never given another meaning; each group
// has gaps for more.

// The message of CLOUDCIRCUIT_OK, which is 0.
const OK_MESSAGE: &core::ffi::CStr = c"success";

macro_rules! status_table {
    ($make:ident) => {
        $make! {
            NullPointer = 1, "CLOUDCIRCUIT_ERR_NULL_POINTER",
                "every required pointer must be non-NULL";
            Reserved = 2, "CLOUDCIRCUIT_ERR_RESERVED",
                "reserved must be 0";
            CorruptState = 3, "CLOUDCIRCUIT_ERR_CORRUPT_STATE",
                "state must be one that the library wrote, whole and unchanged";
            EncodedLength = 4, "CLOUDCIRCUIT_ERR_ENCODED_LENGTH",
                "len must be the constant CLOUDCIRCUIT_..._ENCODED_LEN of this kind of state";
            Count = 5, "CLOUDCIRCUIT_ERR_COUNT",
                "count must be at most what the call takes, and at least 1 for several ledgers";
            Mode = 6, "CLOUDCIRCUIT_ERR_MODE",
                "mode must be a CLOUDCIRCUIT_MODE constant that this kind of config knows";

            BudgetLimit = 100, "CLOUDCIRCUIT_ERR_BUDGET_LIMIT",
                "budget_limit must be finite and > 0";
            WarningRatio = 101, "CLOUDCIRCUIT_ERR_WARNING_RATIO",
                "warning_ratio must be > 0 and <= 1";
            CurrentSpend = 102, "CLOUDCIRCUIT_ERR_CURRENT_SPEND",
                "current_spend must be finite and >= 0";
            WarningPpm = 103, "CLOUDCIRCUIT_ERR_WARNING_PPM",
                "warning_ppm must be 1 to 1000000";

            SeriesTooShort = 200, "CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT",
                "spend_series_len must be at least 2";
            SeriesTooLong = 201, "CLOUDCIRCUIT_ERR_SERIES_TOO_LONG",
                "spend_series_len must be at most CLOUDCIRCUIT_MAX_SERIES_LEN";
            SpikeMultiplier = 202, "CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER",
                "spike_multiplier must be finite and > 1";
            MinBaseline = 203, "CLOUDCIRCUIT_ERR_MIN_BASELINE",
                "min_baseline must be finite and >= 0";
            SpendSeries = 204, "CLOUDCIRCUIT_ERR_SPEND_SERIES",
                "every point of spend_series must be finite and >= 0";
            SpikeMultiplierPpm = 205, "CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER_PPM",
                "spike_multiplier_ppm must be > 1000000";

            ConsecutiveFailures = 300, "CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES",
                "consecutive_failures must be >= 0";
            FailureThreshold = 301, "CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD",
                "failure_threshold must be > 0";
            CooldownStepsRemaining = 302, "CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING",
                "cooldown_steps_remaining must be >= 0";

            WindowSize = 310, "CLOUDCIRCUIT_ERR_WINDOW_SIZE",
                "window_size must be at most CLOUDCIRCUIT_BREAKER_MAX_WINDOW";
            MinimumCalls = 311, "CLOUDCIRCUIT_ERR_MINIMUM_CALLS",
                "minimum_calls must be 1 to window_size, or > 0 for a rate over window_duration";
            FailureRatePpm = 312, "CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM",
                "failure_rate_ppm must be at most 1000000, and 0 without a window";
            SlowCallRatePpm = 313, "CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM",
                "slow_call_rate_ppm must be at most 1000000, and 0 without a window";
            HalfOpenMaxProbes = 314, "CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES",
                "half_open_max_probes must be 1 to CLOUDCIRCUIT_BREAKER_MAX_PROBES";
            JitterPpm = 316, "CLOUDCIRCUIT_ERR_JITTER_PPM",
                "jitter_ppm must be at most 1000000";
            SlowCallDuration = 317, "CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION",
                "slow_call_duration must be > 0 when slow_call_rate_ppm is";
            OpenDuration = 318, "CLOUDCIRCUIT_ERR_OPEN_DURATION",
                "open_duration must be > 0";
            MaxOpenDuration = 319, "CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION",
                "max_open_duration must be >= open_duration";
            ProbeTimeout = 320, "CLOUDCIRCUIT_ERR_PROBE_TIMEOUT",
                "probe_timeout must be > 0";
            Permit = 321, "CLOUDCIRCUIT_ERR_PERMIT",
                "permit must be one with which this breaker allowed a call";
            Outcome = 322, "CLOUDCIRCUIT_ERR_OUTCOME",
                "outcome must be a CLOUDCIRCUIT_OUTCOME constant";
            Duration = 323, "CLOUDCIRCUIT_ERR_DURATION",
                "duration must be >= 0";
            StalePermit = 324, "CLOUDCIRCUIT_ERR_STALE_PERMIT",
                "permit must be of the current generation and a probe's not yet reported";
            ForcedPhase = 325, "CLOUDCIRCUIT_ERR_FORCED_PHASE",
                "forced_phase must be CLOUDCIRCUIT_BREAKER_FORCED_OPEN, _FORCED_CLOSED or _CLOSED";
            WindowDuration = 326, "CLOUDCIRCUIT_ERR_WINDOW_DURATION",
                "window_duration must be >= 0, and 0 when window_size is above 0";
            FailureCount = 327, "CLOUDCIRCUIT_ERR_FAILURE_COUNT",
                "failure_count must be at most window_size, and 0 without a window";
            HalfOpenCalls = 328, "CLOUDCIRCUIT_ERR_HALF_OPEN_CALLS",
                "half_open_calls must be 1 to CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS";
            HalfOpenFailureRatePpm = 329, "CLOUDCIRCUIT_ERR_HALF_OPEN_FAILURE_RATE_PPM",
                "half_open_failure_rate_ppm must be 1 to 1000000";
            HalfOpenDuration = 330, "CLOUDCIRCUIT_ERR_HALF_OPEN_DURATION",
                "half_open_duration must be >= 0";
            BackoffPpm = 331, "CLOUDCIRCUIT_ERR_BACKOFF_PPM",
                "backoff_ppm must be 1000000 to 16000000";
            TripsDecay = 332, "CLOUDCIRCUIT_ERR_TRIPS_DECAY",
                "trips_decay must be >= 0";
            MaxRetryAfter = 333, "CLOUDCIRCUIT_ERR_MAX_RETRY_AFTER",
                "max_retry_after must be >= 0";
            RampDuration = 334, "CLOUDCIRCUIT_ERR_RAMP_DURATION",
                "ramp_duration must be >= 0";
            NoRule = 335, "CLOUDCIRCUIT_ERR_NO_RULE",
                "a breaker's config must have a rule: failure_threshold, failure_count, a rate or max_retry_after above 0";

            OnWarning = 400, "CLOUDCIRCUIT_ERR_ON_WARNING",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_warning";
            OnBreach = 401, "CLOUDCIRCUIT_ERR_ON_BREACH",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_breach";
            OnSpike = 402, "CLOUDCIRCUIT_ERR_ON_SPIKE",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_spike";
            OnOpen = 403, "CLOUDCIRCUIT_ERR_ON_OPEN",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_open";
            OnMissing = 404, "CLOUDCIRCUIT_ERR_ON_MISSING",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_missing";
            Required = 405, "CLOUDCIRCUIT_ERR_REQUIRED",
                "policy must have CLOUDCIRCUIT_SIGNAL constants, at least one and no other bits, in required";
            BudgetSignal = 406, "CLOUDCIRCUIT_ERR_BUDGET_SIGNAL",
                "result must be one that a budget's call wrote with CLOUDCIRCUIT_OK";
            SpikeSignal = 407, "CLOUDCIRCUIT_ERR_SPIKE_SIGNAL",
                "result must be one that a spike's call wrote with CLOUDCIRCUIT_OK";
            BreakerSignal = 408, "CLOUDCIRCUIT_ERR_BREAKER_SIGNAL",
                "decision must be one that a breaker from counters wrote with CLOUDCIRCUIT_OK";
            OnLeak = 409, "CLOUDCIRCUIT_ERR_ON_LEAK",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_leak";
            OnOverLimit = 410, "CLOUDCIRCUIT_ERR_ON_OVER_LIMIT",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_over_limit";
            OnRate = 411, "CLOUDCIRCUIT_ERR_ON_RATE",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_rate";
            OnForecast = 412, "CLOUDCIRCUIT_ERR_ON_FORECAST",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_forecast";
            OnInsufficient = 413, "CLOUDCIRCUIT_ERR_ON_INSUFFICIENT",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_insufficient";
            OnFailure = 414, "CLOUDCIRCUIT_ERR_ON_ERROR",
                "policy must have a CLOUDCIRCUIT_ACTION constant in on_error";
            Monitor = 415, "CLOUDCIRCUIT_ERR_MONITOR",
                "policy must have no bits but CLOUDCIRCUIT_REASON constants in monitor";
            Signal = 416, "CLOUDCIRCUIT_ERR_SIGNAL",
                "every signal must be one that a CLOUDCIRCUIT signal function wrote";
            PermitSignal = 417, "CLOUDCIRCUIT_ERR_PERMIT_SIGNAL",
                "permit must be one that a breaker's call wrote with CLOUDCIRCUIT_OK";
            LedgerSignal = 418, "CLOUDCIRCUIT_ERR_LEDGER_SIGNAL",
                "decision must be one that a ledger's call wrote with CLOUDCIRCUIT_OK";
            RateSignal = 419, "CLOUDCIRCUIT_ERR_RATE_SIGNAL",
                "decision must be one that a rate limit's call wrote with CLOUDCIRCUIT_OK";
            DetectSignal = 420, "CLOUDCIRCUIT_ERR_DETECT_SIGNAL",
                "result must be one that a detector's call wrote with CLOUDCIRCUIT_OK";
            ForecastSignal = 421, "CLOUDCIRCUIT_ERR_FORECAST_SIGNAL",
                "result must be one that a forecast's call wrote with CLOUDCIRCUIT_OK";

            InvalidRows = 500, "CLOUDCIRCUIT_ERR_INVALID_ROWS",
                "every row must be valid: invalid rows are refused, the others decided";
            TooManyRows = 501, "CLOUDCIRCUIT_ERR_TOO_MANY_ROWS",
                "len must be small enough for the columns to fit into memory";
            Overlap = 502, "CLOUDCIRCUIT_ERR_OVERLAP",
                "outputs must not overlap one another, another array or a tracker; a ledger must stand in a call once";
            Offsets = 503, "CLOUDCIRCUIT_ERR_OFFSETS",
                "offsets must not decrease and must lie within 0 to spend_len";

            Amount = 600, "CLOUDCIRCUIT_ERR_AMOUNT",
                "amount must be finite, that of a rate limit >= 0";
            Scale = 601, "CLOUDCIRCUIT_ERR_SCALE",
                "scale must be 0 to 9";
            AmountRange = 602, "CLOUDCIRCUIT_ERR_AMOUNT_RANGE",
                "amount must fit into int64_t at this scale";
            AmountPrecision = 603, "CLOUDCIRCUIT_ERR_AMOUNT_PRECISION",
                "amount must have no more decimal places than scale";

            BufferTooSmall = 700, "CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL",
                "capacity must be greater than the record's length";
            RecordField = 701, "CLOUDCIRCUIT_ERR_RECORD_FIELD",
                "every number in the result must be finite and every flag 0 or 1";

            LedgerLimit = 800, "CLOUDCIRCUIT_ERR_LEDGER_LIMIT",
                "limit of a ledger must be >= 0";
            ThresholdCount = 802, "CLOUDCIRCUIT_ERR_THRESHOLD_COUNT",
                "threshold_count must be at most CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS";
            ThresholdLimit = 803, "CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT",
                "thresholds in CLOUDCIRCUIT_THRESHOLD_PPM need a limit: mode must not be CLOUDCIRCUIT_MODE_UNLIMITED";
            Estimate = 805, "CLOUDCIRCUIT_ERR_ESTIMATE",
                "estimate must be >= 0";
            Actual = 806, "CLOUDCIRCUIT_ERR_ACTUAL",
                "actual must be >= 0";
            HoldSpent = 807, "CLOUDCIRCUIT_ERR_HOLD_SPENT",
                "hold must not have been settled, released, posted or extended, nor refused";
            HoldAmount = 809, "CLOUDCIRCUIT_ERR_HOLD_AMOUNT",
                "hold must have an amount >= 0 and at most what its ledger holds until its end";
            Overflow = 811, "CLOUDCIRCUIT_ERR_OVERFLOW",
                "settled, held and their sum, used, next_hold and revision must fit into 64 bits";
            CarryMax = 812, "CLOUDCIRCUIT_ERR_CARRY_MAX",
                "carry_max must be >= 0";
            DebtMax = 813, "CLOUDCIRCUIT_ERR_DEBT_MAX",
                "debt_max must be >= 0";
            HoldDuration = 814, "CLOUDCIRCUIT_ERR_HOLD_DURATION",
                "hold_duration must be >= 0";
            ThresholdUnit = 815, "CLOUDCIRCUIT_ERR_THRESHOLD_UNIT",
                "threshold_unit must be a CLOUDCIRCUIT_THRESHOLD constant";
            ThresholdBasis = 816, "CLOUDCIRCUIT_ERR_THRESHOLD_BASIS",
                "threshold_basis must be a CLOUDCIRCUIT_BASIS constant";
            Thresholds = 817, "CLOUDCIRCUIT_ERR_THRESHOLDS",
                "thresholds must be > 0 and ascend";
            LedgerId = 818, "CLOUDCIRCUIT_ERR_LEDGER_ID",
                "ledger_id must be > 0";
            HoldLedger = 819, "CLOUDCIRCUIT_ERR_HOLD_LEDGER",
                "hold must be of this ledger";
            HoldId = 820, "CLOUDCIRCUIT_ERR_HOLD_ID",
                "hold must have an id that this ledger has given out";
            More = 821, "CLOUDCIRCUIT_ERR_MORE",
                "more must be >= 0";
            Part = 822, "CLOUDCIRCUIT_ERR_PART",
                "part must be >= 0";

            RateLimit = 850, "CLOUDCIRCUIT_ERR_RATE_LIMIT",
                "limit of a rate limit must be >= 0";
            RateDuration = 851, "CLOUDCIRCUIT_ERR_RATE_DURATION",
                "duration of a rate limit must be > 0";
            TakenAt = 852, "CLOUDCIRCUIT_ERR_TAKEN_AT",
                "taken_at must not be after the rate limit's updated_at";

            SeasonLength = 900, "CLOUDCIRCUIT_ERR_SEASON_LENGTH",
                "season_length must be at most CLOUDCIRCUIT_MAX_SEASON_LENGTH";
            DetectWindow = 901, "CLOUDCIRCUIT_ERR_DETECT_WINDOW",
                "window must be 0, or 14 to 480 and at least two seasons";
            LagPoints = 902, "CLOUDCIRCUIT_ERR_LAG_POINTS",
                "lag_points must be at most CLOUDCIRCUIT_MAX_LAG_POINTS";
            ScoreThreshold = 904, "CLOUDCIRCUIT_ERR_SCORE_THRESHOLD",
                "score_threshold must be finite and > 0";
            MinImpact = 905, "CLOUDCIRCUIT_ERR_MIN_IMPACT",
                "min_impact must be finite and >= 0";
            MinRelativeImpact = 906, "CLOUDCIRCUIT_ERR_MIN_RELATIVE_IMPACT",
                "min_relative_impact must be finite and >= 0";
            StartTime = 907, "CLOUDCIRCUIT_ERR_START_TIME",
                "start_time must be CLOUDCIRCUIT_TIME_UNKNOWN or at most 2^53 seconds from 1970";
            Step = 908, "CLOUDCIRCUIT_ERR_STEP",
                "step must be 1 to 2^31 seconds";
            DetectPoint = 909, "CLOUDCIRCUIT_ERR_DETECT_POINT",
                "spend or every point of spend_series must be NaN for a missing point or finite, and >= 0 unless negative_points is MISSING or ZERO";
            TrackerSettings = 910, "CLOUDCIRCUIT_ERR_TRACKER_SETTINGS",
                "config of a tracker must have a season of at most 14, a window of at most 98 and lag_points 0";
            NegativePoints = 911, "CLOUDCIRCUIT_ERR_NEGATIVE_POINTS",
                "negative_points must be a CLOUDCIRCUIT_NEGATIVE_POINTS constant";

            HistoryLen = 950, "CLOUDCIRCUIT_ERR_HISTORY_LEN",
                "history_len must be at most CLOUDCIRCUIT_MAX_SERIES_LEN";
            PeriodLen = 951, "CLOUDCIRCUIT_ERR_PERIOD_LEN",
                "period_len must be 1 to CLOUDCIRCUIT_MAX_PERIOD_LEN";
            Elapsed = 952, "CLOUDCIRCUIT_ERR_ELAPSED",
                "elapsed must be at most period_len";
            ForecastSeasonLength = 953, "CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH",
                "season_length must be 1 to CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH";
            History = 954, "CLOUDCIRCUIT_ERR_HISTORY",
                "every point of history must be NaN for a missing point or finite, and >= 0 unless negative_points is MISSING or ZERO";
            PeriodSpend = 955, "CLOUDCIRCUIT_ERR_PERIOD_SPEND",
                "every point of period_spend must be NaN for a missing point or finite, and >= 0 unless negative_points is MISSING or ZERO";
        }
    };
}
