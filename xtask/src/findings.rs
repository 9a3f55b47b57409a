//! What a check found: faults, which fail it, and remarks, which do not.

use anyhow::{Result, bail};

/// Faults and remarks in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) faults: Vec<String>,
    pub(crate) remarks: Vec<String>,
}

impl Findings {
    pub(crate) fn fault(&mut self, text: impl Into<String>) {
        self.faults.push(text.into());
    }

    pub(crate) fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }

    /// Prints everything, and fails when there is a fault.
    pub(crate) fn close(self, check: &str) -> Result<()> {
        for remark in &self.remarks {
            println!("  note: {remark}");
        }
        for fault in &self.faults {
            println!("  {fault}");
        }
        match self.faults.len() {
            0 => Ok(()),
            1 => bail!("{check}: 1 fault"),
            many => bail!("{check}: {many} faults"),
        }
    }
}
