use crate::{
    BudgetConfig, BudgetConfigI64, Error, FLAG_BREACHED, FLAG_INVALID, FLAG_SPIKE, FLAG_WARNING,
    Result, SpikeConfig, error::check, pointer, sys,
};
use core::ptr;

/// A column in which values may be missing, as Arrow has it.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a, T> {
    /// The values, from the first row on.
    pub values: &'a [T],
    /// Bit `i % 8` of byte `i / 8` is 1 when row `i - offset` has a value. `None` when nothing is missing.
    pub validity: Option<&'a [u8]>,
    /// The bit of the first row.
    pub offset: usize,
}

impl<'a, T> From<&'a [T]> for Column<'a, T> {
    /// A column in which nothing is missing.
    fn from(values: &'a [T]) -> Self {
        Column { values, validity: None, offset: 0 }
    }
}

impl<T> Column<'_, T> {
    fn has(&self, rows: usize) -> bool {
        self.values.len() == rows && covers(self.validity, self.offset, rows)
    }
}

/// Whether there is a bit for each row.
fn covers(validity: Option<&[u8]>, offset: usize, rows: usize) -> bool {
    validity.is_none_or(|bits| {
        bits.len().saturating_mul(8).checked_sub(offset).is_some_and(|bits| bits >= rows)
    })
}

fn bits(validity: Option<&[u8]>) -> *const u8 {
    validity.map_or(ptr::null(), <[u8]>::as_ptr)
}

/// An output that is not wanted is `None`; any other has a place for each row.
pub(crate) fn fits<T>(output: &Option<&mut [T]>, rows: usize) -> bool {
    output.as_ref().is_none_or(|output| output.len() == rows)
}

pub(crate) fn output<T>(output: &mut Option<&mut [T]>) -> *mut T {
    output.as_mut().map_or(ptr::null_mut(), |output| output.as_mut_ptr())
}

/// Refuses every row, as the library does on an error.
pub(crate) fn refuse<T: Default + Clone>(
    flags: &mut [u8],
    refusal: u32,
    numbers: Option<&mut [T]>,
) -> Result<usize> {
    flags.fill(refusal as u8);
    if let Some(numbers) = numbers {
        numbers.fill(T::default());
    }
    Err(Error::LENGTH)
}

/// Invalid rows do not spoil the others: they are counted.
pub(crate) fn counted(status: i32, invalid_rows: usize) -> Result<usize> {
    if status == Error::INVALID_ROWS.status() {
        return Ok(invalid_rows);
    }
    check(status).map(|()| 0)
}

const BUDGET_REFUSED: u32 = FLAG_INVALID | FLAG_BREACHED | FLAG_WARNING;
const SPIKE_REFUSED: u32 = FLAG_INVALID | FLAG_SPIKE;

/// Checks many budgets, each as [`check_budget`](crate::check_budget) does. Returns the number of invalid rows.
///
/// An invalid row does not spoil the others: its flags are [`FLAG_INVALID`] and every bit that refuses, and its
/// number is 0.
///
/// ```
/// use cloudcircuit::{FLAG_BREACHED, FLAG_WARNING, check_budget_columns};
///
/// let (mut flags, mut usage) = ([0; 3], [0.0; 3]);
/// let invalid =
///     check_budget_columns(&[10.0, 95.0, 120.0], &[100.0; 3], None, &mut flags, Some(&mut usage))?;
/// assert_eq!(invalid, 0);
/// assert_eq!(flags.map(u32::from), [0, FLAG_WARNING, FLAG_WARNING | FLAG_BREACHED]);
/// assert_eq!(usage, [0.1, 0.95, 1.2]);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::LENGTH`] when the slices have different lengths, and when a setting is out of range: every row is
/// then refused.
pub fn check_budget_columns(
    current_spend: &[f64],
    budget_limit: &[f64],
    config: Option<&BudgetConfig>,
    flags: &mut [u8],
    mut usage_ratio: Option<&mut [f64]>,
) -> Result<usize> {
    let rows = flags.len();
    if current_spend.len() != rows || budget_limit.len() != rows || !fits(&usage_ratio, rows) {
        return refuse(flags, BUDGET_REFUSED, usage_ratio);
    }
    let mut invalid_rows = 0;
    // SAFETY: every buffer has that many rows or is NULL.
    let status = unsafe {
        sys::cloudcircuit_check_budget_columns(
            current_spend.as_ptr(),
            budget_limit.as_ptr(),
            rows,
            pointer(config),
            flags.as_mut_ptr(),
            output(&mut usage_ratio),
            &mut invalid_rows,
        )
    };
    counted(status, invalid_rows)
}

/// Checks many budgets, as [`check_budget_columns`] does, where values may be missing. A row with a missing value
/// is invalid.
///
/// # Errors
///
/// As for [`check_budget_columns`]; a bitmap that has no bit for some row is [`Error::LENGTH`].
pub fn check_budget_columns_nullable(
    current_spend: Column<'_, f64>,
    budget_limit: Column<'_, f64>,
    config: Option<&BudgetConfig>,
    flags: &mut [u8],
    mut usage_ratio: Option<&mut [f64]>,
) -> Result<usize> {
    let rows = flags.len();
    if !current_spend.has(rows) || !budget_limit.has(rows) || !fits(&usage_ratio, rows) {
        return refuse(flags, BUDGET_REFUSED, usage_ratio);
    }
    let mut invalid_rows = 0;
    // SAFETY: every buffer has that many rows or is NULL, every bitmap a bit for each.
    let status = unsafe {
        sys::cloudcircuit_check_budget_columns_nullable(
            current_spend.values.as_ptr(),
            bits(current_spend.validity),
            current_spend.offset,
            budget_limit.values.as_ptr(),
            bits(budget_limit.validity),
            budget_limit.offset,
            rows,
            pointer(config),
            flags.as_mut_ptr(),
            output(&mut usage_ratio),
            &mut invalid_rows,
        )
    };
    counted(status, invalid_rows)
}

/// Checks many budgets, each as [`check_budget_i64`](crate::check_budget_i64) does. Returns the number of invalid
/// rows.
///
/// # Errors
///
/// As for [`check_budget_columns`].
pub fn check_budget_columns_i64(
    current_spend: &[i64],
    budget_limit: &[i64],
    config: Option<&BudgetConfigI64>,
    flags: &mut [u8],
    mut usage_ppm: Option<&mut [u64]>,
) -> Result<usize> {
    let rows = flags.len();
    if current_spend.len() != rows || budget_limit.len() != rows || !fits(&usage_ppm, rows) {
        return refuse(flags, BUDGET_REFUSED, usage_ppm);
    }
    let mut invalid_rows = 0;
    // SAFETY: every buffer has that many rows or is NULL.
    let status = unsafe {
        sys::cloudcircuit_check_budget_columns_i64(
            current_spend.as_ptr(),
            budget_limit.as_ptr(),
            rows,
            pointer(config),
            flags.as_mut_ptr(),
            output(&mut usage_ppm),
            &mut invalid_rows,
        )
    };
    counted(status, invalid_rows)
}

/// Checks many budgets, as [`check_budget_columns_i64`] does, where values may be missing.
///
/// # Errors
///
/// As for [`check_budget_columns_nullable`].
pub fn check_budget_columns_i64_nullable(
    current_spend: Column<'_, i64>,
    budget_limit: Column<'_, i64>,
    config: Option<&BudgetConfigI64>,
    flags: &mut [u8],
    mut usage_ppm: Option<&mut [u64]>,
) -> Result<usize> {
    let rows = flags.len();
    if !current_spend.has(rows) || !budget_limit.has(rows) || !fits(&usage_ppm, rows) {
        return refuse(flags, BUDGET_REFUSED, usage_ppm);
    }
    let mut invalid_rows = 0;
    // SAFETY: every buffer has that many rows or is NULL, every bitmap a bit for each.
    let status = unsafe {
        sys::cloudcircuit_check_budget_columns_i64_nullable(
            current_spend.values.as_ptr(),
            bits(current_spend.validity),
            current_spend.offset,
            budget_limit.values.as_ptr(),
            bits(budget_limit.validity),
            budget_limit.offset,
            rows,
            pointer(config),
            flags.as_mut_ptr(),
            output(&mut usage_ppm),
            &mut invalid_rows,
        )
    };
    counted(status, invalid_rows)
}

/// Checks many series, each as [`check_anomaly_spike`](crate::check_anomaly_spike) does. Returns the number of
/// invalid series.
///
/// `spend` has the points of all series, end to end. `offsets` has one position more than there are series: series
/// `i` is `spend[offsets[i]..offsets[i + 1]]`.
///
/// ```
/// use cloudcircuit::{FLAG_SPIKE, check_anomaly_spike_columns};
///
/// let spend = [10.0, 10.0, 90.0, 20.0, 21.0];
/// let mut flags = [0; 2];
/// let invalid = check_anomaly_spike_columns(&spend, &[0, 3, 5], None, &mut flags, None)?;
/// assert_eq!(invalid, 0);
/// assert_eq!(flags.map(u32::from), [FLAG_SPIKE, 0]);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::LENGTH`] when the slices have lengths that do not go together, and when an offset or a setting is out
/// of range: every series is then refused.
pub fn check_anomaly_spike_columns(
    spend: &[f64],
    offsets: &[i64],
    config: Option<&SpikeConfig>,
    flags: &mut [u8],
    mut threshold: Option<&mut [f64]>,
) -> Result<usize> {
    let rows = flags.len();
    if offsets.len().checked_sub(1) != Some(rows) || !fits(&threshold, rows) {
        return refuse(flags, SPIKE_REFUSED, threshold);
    }
    let mut invalid_rows = 0;
    // SAFETY: every buffer has as many rows as the call is told, or is NULL.
    let status = unsafe {
        sys::cloudcircuit_check_anomaly_spike_columns(
            spend.as_ptr(),
            spend.len(),
            offsets.as_ptr(),
            rows,
            pointer(config),
            flags.as_mut_ptr(),
            output(&mut threshold),
            &mut invalid_rows,
        )
    };
    counted(status, invalid_rows)
}

/// Checks many series, as [`check_anomaly_spike_columns`] does, where points or whole series may be missing: in
/// `series` the values are the offsets, and the bitmap is of the series. A series with a missing point is invalid.
///
/// # Errors
///
/// As for [`check_anomaly_spike_columns`]; a bitmap that has no bit for some row is [`Error::LENGTH`].
pub fn check_anomaly_spike_columns_nullable(
    spend: Column<'_, f64>,
    series: Column<'_, i64>,
    config: Option<&SpikeConfig>,
    flags: &mut [u8],
    mut threshold: Option<&mut [f64]>,
) -> Result<usize> {
    let rows = flags.len();
    if !spend.has(spend.values.len())
        || series.values.len().checked_sub(1) != Some(rows)
        || !covers(series.validity, series.offset, rows)
        || !fits(&threshold, rows)
    {
        return refuse(flags, SPIKE_REFUSED, threshold);
    }
    let mut invalid_rows = 0;
    // SAFETY: every buffer has as many rows as the call is told, or is NULL; every bitmap has a bit for each.
    let status = unsafe {
        sys::cloudcircuit_check_anomaly_spike_columns_nullable(
            spend.values.as_ptr(),
            bits(spend.validity),
            spend.offset,
            spend.values.len(),
            series.values.as_ptr(),
            bits(series.validity),
            series.offset,
            rows,
            pointer(config),
            flags.as_mut_ptr(),
            output(&mut threshold),
            &mut invalid_rows,
        )
    };
    counted(status, invalid_rows)
}
