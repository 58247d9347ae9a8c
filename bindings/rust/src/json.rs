use crate::{
    BreakerConfig, BreakerCounters, BreakerDecision, BreakerPermit, BudgetConfig, BudgetConfigI64,
    BudgetResult, BudgetResultI64, DetectConfig, DetectResult, Error, ForecastConfig,
    ForecastResult, GuardDecision, GuardPolicy, LedgerConfig, LedgerDecision, RateLimitConfig,
    RateLimitDecision, Result, SpikeConfig, SpikeConfigI64, SpikeResult, SpikeResultI64,
    error::check, pointer, sys,
};
use core::{ptr, str};

/// An answer as C has it: a status, and a result or NULL.
pub(crate) fn parts<T>(answer: &Result<T>) -> (i32, *const T) {
    match answer {
        Ok(result) => (0, result),
        Err(error) => (error.status(), ptr::null()),
    }
}

/// Records, each of what one call answered and of its settings.
macro_rules! records {
    ($($name:ident($settings:ident, $of:ident) = $function:ident;)*) => {
        $(
            #[doc = concat!("Writes a [`", stringify!($of), "`] as one line of JSON, for an audit log.")]
            ///
            /// Takes what the call answered, also an error, and the settings that it was passed. A buffer of
            /// [`RECORD_CAPACITY`](crate::RECORD_CAPACITY) bytes is enough for any record.
            ///
            /// # Errors
            ///
            /// [`Error::BUFFER_TOO_SMALL`], or [`Error::RECORD_FIELD`] when its safeguard cannot have written the
            /// result.
            pub fn $name<'a>(
                answer: &Result<$of>,
                settings: Option<&$settings>,
                buffer: &'a mut [u8],
            ) -> Result<&'a str> {
                let ((status, result), mut length) = (parts(answer), 0);
                let (start, capacity) = (buffer.as_mut_ptr().cast(), buffer.len());
                // SAFETY: the result is NULL with an error, else readable; so are the settings; and the buffer
                // has that many bytes.
                check(unsafe {
                    sys::$function(status, pointer(settings), result, start, capacity, &mut length)
                })?;
                let line = buffer.get(..length).and_then(|line| str::from_utf8(line).ok());
                line.ok_or(Error::RECORD_FIELD)
            }
        )*
    };
}

records! {
    write_budget_result_json(BudgetConfig, BudgetResult) = cloudcircuit_write_budget_result_json;
    write_budget_result_i64_json(BudgetConfigI64, BudgetResultI64) =
        cloudcircuit_write_budget_result_i64_json;
    write_spike_result_json(SpikeConfig, SpikeResult) = cloudcircuit_write_spike_result_json;
    write_spike_result_i64_json(SpikeConfigI64, SpikeResultI64) =
        cloudcircuit_write_spike_result_i64_json;
    write_breaker_decision_json(BreakerCounters, BreakerDecision) =
        cloudcircuit_write_breaker_decision_json;
    write_breaker_permit_json(BreakerConfig, BreakerPermit) =
        cloudcircuit_write_breaker_permit_json;
    write_ledger_decision_json(LedgerConfig, LedgerDecision) =
        cloudcircuit_write_ledger_decision_json;
    write_rate_limit_decision_json(RateLimitConfig, RateLimitDecision) =
        cloudcircuit_write_rate_limit_decision_json;
    write_detect_result_json(DetectConfig, DetectResult) = cloudcircuit_write_detect_result_json;
    write_forecast_result_json(ForecastConfig, ForecastResult) =
        cloudcircuit_write_forecast_result_json;
    write_guard_decision_json(GuardPolicy, GuardDecision) = cloudcircuit_write_guard_decision_json;
}
