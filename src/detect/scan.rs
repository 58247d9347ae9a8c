//! A whole series judged point by point, each by what came before it.

use crate::{
    detect::baseline::{self, Baseline},
    detect::config::{DetectConfig, DetectResult},
    detect::judge::judge,
    detect::settings::Settings,
    error::Error,
    flags::{FLAG_DROP, FLAG_INSUFFICIENT, FLAG_INVALID, FLAG_LEAK, FLAG_SPIKE},
    numeric::unaligned::Unaligned,
    verdict::{VERDICT_INSUFFICIENT_DATA, VERDICT_SPIKE},
};

/// One row of the scan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    pub(crate) flags: u8,
    pub(crate) expected_spend: f64,
    pub(crate) upper_bound: f64,
}

impl Row {
    pub(crate) const REFUSED: Self = Self {
        flags: (FLAG_SPIKE | FLAG_LEAK | FLAG_DROP | FLAG_INVALID) as u8,
        expected_spend: 0.0,
        upper_bound: 0.0,
    };

    pub(crate) fn of(result: &DetectResult) -> Self {
        let mut flags = 0;
        for (is_set, flag) in [
            (result.verdict == VERDICT_SPIKE, FLAG_SPIKE),
            (result.verdict == VERDICT_INSUFFICIENT_DATA, FLAG_INSUFFICIENT),
            (result.is_leak == 1, FLAG_LEAK),
            (result.is_drop == 1, FLAG_DROP),
        ] {
            if is_set {
                flags |= flag;
            }
        }
        Self {
            flags: flags as u8,
            expected_spend: result.expected_spend,
            upper_bound: result.upper_bound,
        }
    }
}

/// Writes one row per point, or none.
pub(crate) fn scan(
    series: &[Unaligned<f64>],
    config: &DetectConfig,
    mut write: impl FnMut(usize, Row),
) -> Result<(), Error> {
    let settings = Settings::new(config)?;
    settings.check_points(series)?;
    let late = settings.lag_points.min(series.len());
    let unsettled = DetectResult::insufficient(f64::NAN, 0);
    for row in 0..late {
        write(row, Row::of(&unsettled));
    }
    let settled = series.get(..series.len() - late).unwrap_or(&[]);
    let write = |point: usize, row| write(point + late, row);
    baseline::with_new(&settings, 0, |baseline| walk(baseline, &settings, settled, write));
    Ok(())
}

#[inline(never)]
fn walk(
    mut baseline: Baseline,
    settings: &Settings,
    series: &[Unaligned<f64>],
    mut write: impl FnMut(usize, Row),
) {
    for (at, value) in series.iter().enumerate() {
        let spend = settings.value_of(value);
        let expected = baseline.expect(settings);
        write(at, Row::of(&judge(&baseline, settings, spend, expected.as_ref())));
        baseline.update(settings, spend, expected.as_ref());
    }
}
