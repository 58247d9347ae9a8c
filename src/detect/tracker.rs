//! The detector for hosts that keep no history: its windows in a value that the host stores.

use crate::{
    codec::{self, Fields, Stored},
    detect::baseline::{Baseline, MAX_DEVIATION},
    detect::config::{DetectConfig, DetectResult},
    detect::history::{Kept, SHORT_POINTS as POINTS, SHORT_WINDOW, ShortHistory},
    detect::judge::judge,
    detect::settings::Settings,
    error::Error,
};

/// The value of layout in a cloudcircuit_spike_tracker_state.
pub const SPIKE_TRACKER_LAYOUT: u32 = 0x32534343;
/// Length of an encoded tracker in bytes.
pub const SPIKE_TRACKER_ENCODED_LEN: usize = 2292;

/// A tracker. The host stores it as a whole; only the library changes it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SpikeTrackerState {
    /// Always CLOUDCIRCUIT_SPIKE_TRACKER_LAYOUT.
    pub layout: u32,
    /// Always 0.
    pub reserved: u32,
    /// Number of points added, below 2^63. Every change adds 1.
    pub revision: u64,
    /// The settings passed to cloudcircuit_spike_tracker_init(), with 0 for -0.0.
    pub config: DetectConfig,
    /// The windows over the series, private to the library.
    pub windows: [u64; 693],
}

/// SpikeTrackerState with its windows as typed fields. Same size and layout.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Tracker {
    layout: u32,
    reserved: u32,
    revision: u64,
    config: DetectConfig,
    history: ShortHistory,
}

const _: () = assert!(size_of::<Tracker>() == size_of::<SpikeTrackerState>());

impl Tracker {
    /// All 0, which every call treats as corrupt.
    pub(crate) const NONE: Self = Self {
        layout: 0,
        reserved: 0,
        revision: 0,
        config: DetectConfig::NONE,
        history: ShortHistory::NONE,
    };

    pub(crate) fn new(config: &DetectConfig) -> Result<Self, Error> {
        if !fits(&Settings::new(config)?) {
            return Err(Error::TrackerSettings);
        }
        let mut tracker = Self { layout: SPIKE_TRACKER_LAYOUT, config: *config, ..Self::NONE };
        // -0.0 counts as 0, in the state's bytes too. A threshold is never 0.
        let kept = &mut tracker.config;
        for amount in [&mut kept.min_impact, &mut kept.min_relative_impact, &mut kept.min_baseline]
        {
            *amount += 0.0;
        }
        tracker.history.clear();
        Ok(tracker)
    }

    /// Judges a point by those before it, then adds it.
    pub(crate) fn update(&mut self, spend: f64) -> Result<DetectResult, Error> {
        // By reference, here and below: Settings are too large to copy for every point.
        let settings = &Settings::new(&self.config);
        let settings = self.check_ends(settings)?;
        let spend = settings.point(spend)?;
        let mut baseline = Baseline::over(&mut self.history, 0);
        let expected = baseline.expect(settings);
        let result = judge(&baseline, settings, spend, expected.as_ref());
        baseline.update(settings, spend, expected.as_ref());
        self.revision = baseline.next();
        Ok(result)
    }

    /// The checks that every update can afford. The last word of a history shows whether it was cut
    /// off.
    fn check_ends<'a>(&self, settings: &'a Result<Settings, Error>) -> Result<&'a Settings, Error> {
        let settings = settings.as_ref().map_err(|_| Error::CorruptState)?;
        let is_consistent = self.layout == SPIKE_TRACKER_LAYOUT
            && self.reserved == 0
            && fits(settings)
            && self.history.is_after(self.revision, settings);
        if is_consistent { Ok(settings) } else { Err(Error::CorruptState) }
    }

    /// Checks that updates can have led to this tracker.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let settings = &Settings::new(&self.config);
        let settings = self.check_ends(settings)?;
        let mut rebuilt = ShortHistory::NONE;
        if rebuilt.rebuild(&self.history.kept, settings, self.revision)
            && rebuilt.is_same(&self.history)
        {
            Ok(())
        } else {
            Err(Error::CorruptState)
        }
    }
}

/// Whether a tracker's history is long enough for these settings.
fn fits(settings: &Settings) -> bool {
    settings.has_level() && settings.window <= SHORT_WINDOW && settings.lag_points == 0
}

impl Kept<POINTS> {
    /// Whether updates can have left these points, deviations, charges and excesses.
    fn is_consistent(&self, settings: &Settings, next: u64) -> bool {
        let is_nothing = |value: f64| value.to_bits() == f64::NAN.to_bits();
        let points = (0_u64..).zip(self.spend.iter().zip(&self.deviations)).all(
            |(slot, (&spend, &deviation))| {
                // How far back the slot's point lies, from 1.
                let age = (next.wrapping_sub(slot + 1) & (POINTS as u64 - 1)) + 1;
                let is_missing = is_nothing(spend);
                let is_spend = spend.to_bits() <= f64::MAX.to_bits() && age <= next;
                let is_deviation = deviation.abs() <= MAX_DEVIATION
                    && !is_missing
                    && age <= settings.window as u64
                    && deviation.to_bits() != (-0.0_f64).to_bits();
                (is_missing || is_spend) && (is_nothing(deviation) || is_deviation)
            },
        );
        let charges = self.charges.iter().enumerate().all(|(day, charges)| {
            let mut before = next;
            charges.iter().all(|charge| {
                if charge.at == u64::MAX {
                    before = 0;
                    return charge.excess.to_bits() == 0;
                }
                let is_consistent = charge.at < before
                    && settings.charge_day(charge.at) == Some(day)
                    && charge.excess < f64::INFINITY;
                before = charge.at;
                is_consistent
            })
        });
        points && charges && self.has_consistent_excesses(next)
    }

    /// Whether the last points can have had these excesses: no point lies further above the highest
    /// expectation than above the level.
    fn has_consistent_excesses(&self, next: u64) -> bool {
        self.excesses.iter().zip([1, 2]).all(|(excess, back)| {
            let [_, last] = self.at(next.wrapping_sub(back));
            let is_known = excess.abs() <= MAX_DEVIATION
                && excess.to_bits() != (-0.0_f64).to_bits()
                && *excess <= last;
            // Nor is it known if the base is beyond the largest double: then the deviation is 0.
            is_known || excess.to_bits() == f64::NAN.to_bits() && (last.is_nan() || last == 0.0)
        })
    }

    /// The spend and the deviation of a point.
    fn at(&self, point: u64) -> [f64; 2] {
        let slot = point as usize & (POINTS - 1);
        [&self.spend, &self.deviations].map(|of| of.get(slot).copied().unwrap_or(f64::NAN))
    }
}

/// Checks of a stored history.
impl ShortHistory {
    /// Whether it can be the history of a series of `points`, by the fields that updates rely on.
    fn is_after(&self, points: u64, settings: &Settings) -> bool {
        self.next == points
            // Never reached, so that adding to it is safe.
            && points < 1 << 63
            && self.order_len <= settings.window as u64
            && usize::from(self.phase) < settings.season
    }

    /// Makes this the history of a series of `points` of which this was kept: all other windows
    /// follow from it. Whether there can be such a history.
    fn rebuild(&mut self, kept: &Kept<POINTS>, settings: &Settings, points: u64) -> bool {
        if points >= 1 << 63 || !kept.is_consistent(settings, points) {
            return false;
        }
        self.clear();
        self.next = points.saturating_sub(POINTS as u64);
        self.phase = settings.phase_of(self.next);
        self.kept.charges = kept.charges;
        self.kept.excesses = kept.excesses;
        let first = self.next;
        let mut baseline = Baseline::over(self, 0);
        for at in first..points {
            let [spend, deviation] = kept.at(at);
            baseline.observe(settings, spend, deviation);
        }
        true
    }

    /// Whether all that [`ShortHistory::rebuild`] computes has the same bits. Points and deviations are
    /// those that it was made of.
    fn is_same(&self, other: &Self) -> bool {
        same(&self.profile, &other.profile)
            && same(&self.means, &other.means)
            && same(&self.centres, &other.centres)
            && same(&self.shares, &other.shares)
            && self.order == other.order
            && (self.shares_len, self.order_len, self.next)
                == (other.shares_len, other.order_len, other.next)
            && (self.phase, self.run, self.forgotten) == (other.phase, other.run, other.forgotten)
    }
}

/// What is encoded of a tracker: all that the rest follows from.
#[derive(Clone, Copy)]
struct Encoded {
    layout: u32,
    reserved: u32,
    revision: u64,
    config: DetectConfig,
    kept: Kept<POINTS>,
}

impl Encoded {
    const NONE: Self =
        Self { layout: 0, reserved: 0, revision: 0, config: DetectConfig::NONE, kept: Kept::NONE };
}

impl Stored for Encoded {
    fn walk(&mut self, fields: &mut impl Fields) {
        fields.u32(&mut self.layout);
        fields.u32(&mut self.reserved);
        fields.u64(&mut self.revision);
        self.config.walk(fields);
        self.kept.spend.iter_mut().for_each(|value| fields.f64(value));
        self.kept.deviations.iter_mut().for_each(|value| fields.f64(value));
        for charge in self.kept.charges.iter_mut().flatten() {
            fields.u64(&mut charge.at);
            fields.f64(&mut charge.excess);
        }
        self.kept.excesses.iter_mut().for_each(|value| fields.f64(value));
    }
}

impl Stored for DetectConfig {
    fn walk(&mut self, fields: &mut impl Fields) {
        fields.u32(&mut self.season_length);
        fields.u32(&mut self.window);
        fields.u32(&mut self.lag_points);
        fields.u32(&mut self.negative_points);
        fields.f64(&mut self.score_threshold);
        fields.f64(&mut self.min_impact);
        fields.f64(&mut self.min_relative_impact);
        fields.f64(&mut self.min_baseline);
        fields.i64(&mut self.start_time);
        fields.i64(&mut self.step);
    }
}

/// Writes the bytes of a tracker, or none of them.
pub(crate) fn encode(
    tracker: &Tracker,
    bytes: &mut [u8; SPIKE_TRACKER_ENCODED_LEN],
) -> Result<(), Error> {
    tracker.check()?;
    let Tracker { layout, reserved, revision, config, ref history } = *tracker;
    let mut encoded = Encoded { layout, reserved, revision, config, kept: history.kept };
    codec::encode_over(&mut encoded, bytes);
    Ok(())
}

/// Reads a tracker over [`Tracker::NONE`], which is spoilt on an error.
pub(crate) fn decode(
    bytes: &[u8; SPIKE_TRACKER_ENCODED_LEN],
    tracker: &mut Tracker,
) -> Result<(), Error> {
    let Encoded { layout, reserved, revision, config, kept } = codec::decode(bytes, Encoded::NONE)?;
    let settings = Settings::new(&config);
    let fitting =
        settings.as_ref().ok().filter(|settings| fits(settings)).ok_or(Error::CorruptState)?;
    (tracker.layout, tracker.reserved, tracker.revision) = (layout, reserved, revision);
    tracker.config = config;
    if !tracker.history.rebuild(&kept, fitting, revision) {
        return Err(Error::CorruptState);
    }
    tracker.check_ends(&settings)?;
    Ok(())
}

#[inline(never)]
fn same(one: &[f64], other: &[f64]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.to_bits() == other.to_bits())
}
