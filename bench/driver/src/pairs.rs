//! Runs in turn, and the ratio between neighbours.
//!
//! The machine is shared and its speed drifts, so a figure is only compared with the one measured right beside it:
//! each round runs every side once, and the ratio is taken inside the round.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{Pace, cpu, stop};

/// One server under load.
pub(crate) trait Side {
    fn name(&self) -> &str;

    /// The roots of its process trees, each counted on its own.
    fn processes(&self) -> Vec<u32>;

    /// Makes what a run of `time` will use up. It is not measured.
    fn prepare(&mut self, _time: Duration) -> Result<()> {
        Ok(())
    }

    /// Puts load on it for `time`; answers how many good answers came. A bad answer is an error.
    fn load(&mut self, time: Duration) -> Result<u64>;
}

/// What one side did in one run.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// CPU microseconds per answer, of each process tree.
    pub(crate) cpu: Vec<f64>,
    /// Answers per second.
    pub(crate) rate: f64,
}

/// Runs all sides in turn; answers, per side, its runs in the order of rounds.
pub(crate) fn run(pace: &Pace, sides: &mut [&mut dyn Side]) -> Result<Vec<Vec<Run>>> {
    for side in sides.iter_mut() {
        side.prepare(pace.warm_up())?;
        side.load(pace.warm_up())?;
    }
    let mut runs = vec![Vec::new(); sides.len()];
    for round in 1..=pace.rounds() {
        let mut told = format!("  round {round}:");
        for (side, runs) in sides.iter_mut().zip(&mut runs) {
            stop::go_on()?;
            let run = measure(&mut **side, pace.run())?;
            told += &format!("  {} {:.1} us, {:.0}/s", side.name(), run.cpu.iter().sum::<f64>(), run.rate);
            runs.push(run);
        }
        println!("{told}");
    }
    Ok(runs)
}

fn measure(side: &mut dyn Side, time: Duration) -> Result<Run> {
    side.prepare(time)?;
    let spent = |side: &dyn Side| side.processes().into_iter().map(cpu::of_tree).collect::<Result<Vec<_>>>();
    let before = spent(side)?;
    let begun = Instant::now();
    let answers = side.load(time)?;
    let seconds = begun.elapsed().as_secs_f64();
    let after = spent(side)?;
    if answers == 0 {
        bail!("{} answered nothing", side.name());
    }
    let cpu = after
        .iter()
        .zip(&before)
        .map(|(after, before)| (*after - *before).as_secs_f64() * 1e6 / answers as f64);
    Ok(Run { cpu: cpu.collect(), rate: answers as f64 / seconds })
}

/// The ratio of two sides over all rounds.
#[derive(Debug, PartialEq)]
pub(crate) struct Verdict {
    ratio: Spread,
    peer: f64,
    ours: f64,
}

#[derive(Debug, PartialEq)]
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Verdict {
    /// Of costs, round by round: a ratio above 1 means that ours is cheaper.
    pub(crate) fn of_costs(peer: &[f64], ours: &[f64]) -> Self {
        Self::of(peer, ours, |peer, ours| peer / ours)
    }

    /// Of rates, round by round: a ratio above 1 means that ours does more.
    pub(crate) fn of_rates(peer: &[f64], ours: &[f64]) -> Self {
        Self::of(peer, ours, |peer, ours| ours / peer)
    }

    fn of(peer: &[f64], ours: &[f64], ratio: fn(f64, f64) -> f64) -> Self {
        let ratios: Vec<f64> = peer.iter().zip(ours).map(|(peer, ours)| ratio(*peer, *ours)).collect();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        Self {
            ratio: Spread { median: median(&ratios), least, most },
            peer: median(peer),
            ours: median(ours),
        }
    }

    /// The line that is looked for: always the same words.
    pub(crate) fn line(&self, name: &str, unit: &str) -> String {
        let Spread { median, least, most } = self.ratio;
        let (peer, ours) = (self.peer, self.ours);
        format!(
            "{name}: ratio={median:.2} (min {least:.2} max {most:.2}) peer={peer:.1} ours={ours:.1} unit={unit}"
        )
    }

    /// A run on a machine that was too busy with other things shows in ratios that disagree.
    pub(crate) fn is_noisy(&self) -> bool {
        (self.ratio.most - self.ratio.least) / self.ratio.median > 0.25
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_taken_inside_each_round() {
        // Medians of the sides would say 1.0; every single round says 2.0 or 0.5 or 2.0.
        let verdict = Verdict::of_costs(&[10.0, 20.0, 60.0], &[5.0, 40.0, 30.0]);
        assert_eq!(verdict.ratio, Spread { median: 2.0, least: 0.5, most: 2.0 });
        assert!(verdict.is_noisy());
        assert_eq!(
            verdict.line("segment", "us/request"),
            "segment: ratio=2.00 (min 0.50 max 2.00) peer=20.0 ours=30.0 unit=us/request"
        );
    }

    #[test]
    fn more_is_better_for_rates_and_worse_for_costs() {
        let ratio = |verdict: Verdict| verdict.ratio.median;
        assert!(ratio(Verdict::of_rates(&[10.0], &[30.0])) > 2.9);
        assert!(ratio(Verdict::of_costs(&[10.0], &[30.0])) < 0.4);
    }

    #[test]
    fn an_even_number_of_rounds_has_a_middle_too() {
        assert!((median(&[1.0, 4.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(!Verdict::of_costs(&[10.0, 11.0], &[10.0, 10.0]).is_noisy());
    }
}
