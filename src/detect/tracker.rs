//! The detector for hosts that keep no history: its windows as a value that the host stores.

use crate::{
    codec::{self, Fields, Stored},
    detect::history::{SMALL_WINDOW, Small},
    detect::judge::{self as detect, DetectConfig, DetectResult},
    detect::settings::Plan,
    error::Error,
};

/// The layout of a cloudcircuit_spike_tracker_state: its first field.
pub const SPIKE_TRACKER_LAYOUT: u32 = 0x31534343;
/// Bytes of an encoded tracker.
pub const SPIKE_TRACKER_ENCODED_LEN: usize = 2276;

/// A tracker: what cloudcircuit_spike_tracker_init wrote, to be stored by the host and changed by
/// no one else. 6616 bytes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SpikeTrackerState {
    /// CLOUDCIRCUIT_SPIKE_TRACKER_LAYOUT.
    pub layout: u32,
    /// Always 0.
    pub reserved: u32,
    /// Points taken in: + 1 at every change.
    pub revision: u64,
    /// As passed to cloudcircuit_spike_tracker_init.
    pub config: DetectConfig,
    /// Windows over the series, for the library alone.
    pub windows: [u64; 817],
}

/// The same with its windows open.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Tracker {
    layout: u32,
    reserved: u32,
    revision: u64,
    config: DetectConfig,
    memory: Small,
}

const _: () = assert!(size_of::<Tracker>() == size_of::<SpikeTrackerState>());

impl Tracker {
    /// No tracker: every call refuses it.
    pub(crate) const NONE: Self = Self {
        layout: 0,
        reserved: 0,
        revision: 0,
        config: DetectConfig::NONE,
        memory: Small::NONE,
    };

    pub(crate) fn new(config: &DetectConfig) -> Result<Self, Error> {
        if !fits(&Plan::new(config)?) {
            return Err(Error::TrackerSettings);
        }
        let memory = Small::new();
        Ok(Self { layout: SPIKE_TRACKER_LAYOUT, config: *config, memory, ..Self::NONE })
    }

    /// Judges a point by those before it, then takes it in.
    pub(crate) fn update(&mut self, spend: f64) -> Result<DetectResult, Error> {
        // By reference, here and below: a plan is too large to copy for every point.
        let plan = &Plan::new(&self.config);
        let plan = self.check_ends(plan)?;
        let spend = detect::point(spend)?;
        let mut baseline = self.memory.baseline(0);
        let expected = baseline.expect(plan);
        let result = detect::judge(&baseline, plan, spend, expected.as_ref());
        baseline.absorb(plan, spend, expected.as_ref());
        self.revision = baseline.next();
        Ok(result)
    }

    /// What every update can afford to look at; the last word is the memory's.
    fn check_ends<'a>(&self, plan: &'a Result<Plan, Error>) -> Result<&'a Plan, Error> {
        let plan = plan.as_ref().map_err(|_| Error::CorruptState)?;
        let is_possible = self.layout == SPIKE_TRACKER_LAYOUT
            && self.reserved == 0
            && fits(plan)
            && self.memory.is_after(self.revision, plan);
        if is_possible { Ok(plan) } else { Err(Error::CorruptState) }
    }

    /// Whether calls can have led here.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let plan = &Plan::new(&self.config);
        let plan = self.check_ends(plan)?;
        let rebuilt = self.memory.rebuilt(plan, self.revision).ok_or(Error::CorruptState)?;
        if rebuilt.is_same(&self.memory) { Ok(()) } else { Err(Error::CorruptState) }
    }
}

/// Whether a tracker's memory is enough for it.
fn fits(plan: &Plan) -> bool {
    plan.has_level() && plan.window <= SMALL_WINDOW && plan.lag_points == 0
}

impl Stored for Tracker {
    /// Without what follows from the rest.
    fn walk(&mut self, fields: &mut impl Fields) {
        fields.u32(&mut self.layout);
        fields.u32(&mut self.reserved);
        fields.u64(&mut self.revision);
        self.config.walk(fields);
        self.memory.walk(fields);
    }
}

impl Stored for DetectConfig {
    fn walk(&mut self, fields: &mut impl Fields) {
        fields.u32(&mut self.season_length);
        fields.u32(&mut self.window);
        fields.u32(&mut self.lag_points);
        fields.u32(&mut self.reserved);
        fields.f64(&mut self.score_threshold);
        fields.f64(&mut self.min_impact);
        fields.f64(&mut self.min_relative_impact);
        fields.f64(&mut self.min_baseline);
        fields.i64(&mut self.start_time);
        fields.i64(&mut self.step);
    }
}

pub(crate) fn encode(tracker: &Tracker) -> Result<[u8; SPIKE_TRACKER_ENCODED_LEN], Error> {
    tracker.check()?;
    Ok(codec::encode(tracker))
}

pub(crate) fn decode(bytes: &[u8; SPIKE_TRACKER_ENCODED_LEN]) -> Result<Tracker, Error> {
    let mut tracker = codec::decode(bytes, Tracker::NONE)?;
    let plan = Plan::new(&tracker.config);
    let fitting = plan.as_ref().ok().filter(|plan| fits(plan)).ok_or(Error::CorruptState)?;
    let memory = tracker.memory.rebuilt(fitting, tracker.revision);
    tracker.memory = memory.ok_or(Error::CorruptState)?;
    tracker.check_ends(&plan)?;
    Ok(tracker)
}
