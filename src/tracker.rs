//! The detector for hosts that keep no history: its windows as a value that the host stores.

use crate::{
    codec::{self, Fields, Stored},
    detect::{self, DetectConfig, DetectResult},
    error::Error,
    memory::{SMALL_WINDOW, Small},
    plan::Plan,
};

/// The layout of a cloudcircuit_spike_tracker: its first field.
pub const SPIKE_TRACKER_LAYOUT: u32 = 0x31534343;
/// Bytes of an encoded tracker.
pub const SPIKE_TRACKER_ENCODED_LEN: usize = 2276;

/// A tracker: what cloudcircuit_spike_tracker_init wrote, to be stored by the host and changed by
/// no one else. 6616 bytes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SpikeTracker {
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

const _: () = assert!(size_of::<Tracker>() == size_of::<SpikeTracker>());

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
        plan(config)?;
        let memory = Small::new();
        Ok(Self { layout: SPIKE_TRACKER_LAYOUT, config: *config, memory, ..Self::NONE })
    }

    /// Judges a point by those before it, then takes it in.
    pub(crate) fn update(&mut self, spend: f64) -> Result<DetectResult, Error> {
        let plan = self.check_ends()?;
        let spend = detect::point(spend)?;
        let mut baseline = self.memory.baseline(0);
        let expected = baseline.expect(&plan);
        let result = detect::judge(&baseline, &plan, spend, expected.as_ref());
        baseline.absorb(&plan, spend, expected.as_ref());
        self.revision = baseline.next();
        Ok(result)
    }

    /// What every update can afford to look at; the last word is the memory's.
    fn check_ends(&self) -> Result<Plan, Error> {
        let plan = plan(&self.config).map_err(|_| Error::CorruptState)?;
        let is_possible = self.layout == SPIKE_TRACKER_LAYOUT
            && self.reserved == 0
            && self.memory.is_after(self.revision, &plan);
        if is_possible { Ok(plan) } else { Err(Error::CorruptState) }
    }

    /// Whether calls can have led here.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let plan = self.check_ends()?;
        let rebuilt = self.memory.rebuilt(&plan, self.revision).ok_or(Error::CorruptState)?;
        if rebuilt.is_same(&self.memory) { Ok(()) } else { Err(Error::CorruptState) }
    }
}

fn plan(config: &DetectConfig) -> Result<Plan, Error> {
    let plan = Plan::new(config)?;
    if !plan.has_level() || plan.window > SMALL_WINDOW || plan.settle_points > 0 {
        return Err(Error::TrackerSettings);
    }
    Ok(plan)
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
        fields.u32(&mut self.settle_points);
        fields.u32(&mut self.reserved);
        fields.f64(&mut self.sensitivity);
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
    let plan = plan(&tracker.config).map_err(|_| Error::CorruptState)?;
    let memory = tracker.memory.rebuilt(&plan, tracker.revision);
    tracker.memory = memory.ok_or(Error::CorruptState)?;
    tracker.check_ends()?;
    Ok(tracker)
}
