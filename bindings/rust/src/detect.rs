use crate::{
    DetectConfig, DetectResult, FLAG_DROP, FLAG_INVALID, FLAG_LEAK, FLAG_SPIKE, Result,
    columns::{counted, fits, output, refuse},
    error::check,
    pointer,
    state::state,
    sys, written,
};

/// Judges the latest point of a series, or the one `lag_points` before it, by the points before it.
///
/// The result has the spend to expect, how far the point lies above it, and whether that is unusual for this
/// series. NaN is a missing point. A call needs at most 16 KB of stack.
///
/// ```
/// use cloudcircuit::{VERDICT_INSUFFICIENT_DATA, VERDICT_SPIKE, detect_spike};
///
/// let mut days = [100.0; 30];
/// days[29] = 400.0;
/// assert_eq!(detect_spike(&days, None)?.verdict, VERDICT_SPIKE);
/// assert_eq!(detect_spike(&days[..5], None)?.verdict, VERDICT_INSUFFICIENT_DATA);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// When a point or a setting is out of range.
pub fn detect_spike(spend_series: &[f64], config: Option<&DetectConfig>) -> Result<DetectResult> {
    let (series, len) = (spend_series.as_ptr(), spend_series.len());
    // SAFETY: the series has that length, the settings are NULL or readable, and the result is written.
    unsafe {
        written(|result| sys::cloudcircuit_detect_spike(series, len, pointer(config), result))
    }
}

/// Judges every point of a series by the points before it. A flag of 0 is a normal point; `expected_spend` and
/// `upper_bound` may be left out.
///
/// Row `i` is, to the bit, what [`detect_spike`] finds in the first `i + 1` points.
///
/// ```
/// use cloudcircuit::{FLAG_INSUFFICIENT, FLAG_SPIKE, scan_spikes};
///
/// let mut days = [100.0; 30];
/// days[20] = 400.0;
/// let mut flags = [0; 30];
/// scan_spikes(&days, None, &mut flags, None, None)?;
/// assert_eq!(u32::from(flags[0]), FLAG_INSUFFICIENT);
/// assert_eq!(u32::from(flags[20]), FLAG_SPIKE);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::LENGTH`](crate::Error::LENGTH) when the slices have different lengths, and when a point or a setting is out of range: every
/// row is then refused.
pub fn scan_spikes(
    spend_series: &[f64],
    config: Option<&DetectConfig>,
    flags: &mut [u8],
    mut expected_spend: Option<&mut [f64]>,
    mut upper_bound: Option<&mut [f64]>,
) -> Result<()> {
    let points = flags.len();
    if spend_series.len() != points || !fits(&expected_spend, points) || !fits(&upper_bound, points)
    {
        if let Some(expected_spend) = expected_spend {
            expected_spend.fill(0.0);
        }
        return refuse(flags, REFUSED, upper_bound).map(drop);
    }
    // SAFETY: every buffer has that many points or is NULL.
    check(unsafe {
        sys::cloudcircuit_scan_spikes(
            spend_series.as_ptr(),
            points,
            pointer(config),
            flags.as_mut_ptr(),
            output(&mut expected_spend),
            output(&mut upper_bound),
        )
    })
}

/// Judges the latest point of many series, each as [`detect_spike`] does. Returns the number of invalid series.
///
/// Series `i` is `spend[offsets[i]..offsets[i + 1]]`. An invalid series does not spoil the others.
///
/// ```
/// use cloudcircuit::{FLAG_SPIKE, detect_spike_columns};
///
/// let mut spend = [100.0; 60];
/// spend[59] = 400.0;
/// let (mut flags, mut scores) = ([0; 2], [0.0; 2]);
/// assert_eq!(detect_spike_columns(&spend, &[0, 30, 60], None, &mut flags, Some(&mut scores))?, 0);
/// assert_eq!(flags.map(u32::from), [0, FLAG_SPIKE]);
/// assert!(scores[1] > scores[0]);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::LENGTH`](crate::Error::LENGTH) when the slices have lengths that do not go together, and when an offset or a setting is out
/// of range: every series is then refused.
pub fn detect_spike_columns(
    spend: &[f64],
    offsets: &[i64],
    config: Option<&DetectConfig>,
    flags: &mut [u8],
    mut scores: Option<&mut [f64]>,
) -> Result<usize> {
    let rows = flags.len();
    if offsets.len().checked_sub(1) != Some(rows) || !fits(&scores, rows) {
        return refuse(flags, REFUSED, scores);
    }
    let mut invalid_rows = 0;
    // SAFETY: every buffer has as many rows as the call is told, or is NULL.
    let status = unsafe {
        sys::cloudcircuit_detect_spike_columns(
            spend.as_ptr(),
            spend.len(),
            offsets.as_ptr(),
            rows,
            pointer(config),
            flags.as_mut_ptr(),
            output(&mut scores),
            &mut invalid_rows,
        )
    };
    counted(status, invalid_rows)
}

/// What the library writes on an error.
const REFUSED: u32 = FLAG_INVALID | FLAG_LEAK | FLAG_SPIKE | FLAG_DROP;

state! {
    /// The detector for programs that keep no history: a state of fixed size that takes in one point at a time and
    /// finds, to the bit, what [`detect_spike`] finds in the whole series.
    ///
    /// ```
    /// use cloudcircuit::{SpikeTracker, VERDICT_NORMAL, VERDICT_SPIKE};
    ///
    /// let mut tracker = SpikeTracker::init(None)?;
    /// for _ in 0..30 {
    ///     tracker.update(100.0)?;
    /// }
    /// assert_eq!(tracker.update(101.0)?.verdict, VERDICT_NORMAL);
    /// assert_eq!(tracker.update(400.0)?.verdict, VERDICT_SPIKE);
    /// # Ok::<(), cloudcircuit::Error>(())
    /// ```
    SpikeTracker(SpikeTrackerState),
    SPIKE_TRACKER_ENCODED_LEN,
    cloudcircuit_spike_tracker_state_validate,
    cloudcircuit_spike_tracker_state_encode,
    cloudcircuit_spike_tracker_state_decode
}

impl SpikeTracker {
    /// A tracker before its first point, for seasons of up to 14 points and windows of up to 98.
    ///
    /// # Errors
    ///
    /// When a setting is out of range.
    pub fn init(config: Option<&DetectConfig>) -> Result<Self> {
        // SAFETY: the settings are NULL or readable, and the state is written.
        unsafe { written(|tracker| sys::cloudcircuit_spike_tracker_init(pointer(config), tracker)) }
            .map(Self)
    }

    /// Judges the next point of a series and adds it. Call it for every step of time, with NaN for one without
    /// data.
    ///
    /// # Errors
    ///
    /// [`Error::DETECT_POINT`](crate::Error::DETECT_POINT) when the point is infinite or below 0: it is not added.
    #[inline]
    pub fn update(&mut self, spend: f64) -> Result<DetectResult> {
        let tracker = &mut self.0;
        // SAFETY: the state is this tracker's own, and the result is written.
        unsafe { written(|result| sys::cloudcircuit_spike_tracker_update(tracker, spend, result)) }
    }
}
