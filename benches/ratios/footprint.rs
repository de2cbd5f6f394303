//! The size and start time of the program, compared with the promised ones.

use crate::load::Target;
use crate::report::{Promise, Report, Spread};
use crate::server::Running;
use std::time::Instant;

const MIB: f64 = 1024.0 * 1024.0;

pub fn run(report: &mut Report) {
    report.part("Footprint");
    let binary = std::fs::metadata(env!("CARGO_BIN_EXE_patchbay")).expect("the program").len();
    report.add("size of the program", Spread::of([mib(binary)]), "MiB", Promise::Below(30.0));
    let folder = tempfile::tempdir().expect("a folder");
    drop(Running::start(&folder));
    let mut starts = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..report.rounds(7) {
        let start = Instant::now();
        let server = Running::start(&folder);
        Target::new(server.address, &folder.path().join("certs"))
            .connect()
            .expect("GET", "/tag", "", 200);
        starts.push(start.elapsed().as_secs_f64() * 1000.0);
        memory.extend(server.resident_bytes().map(mib));
    }
    report.add("start to first answer", Spread::of(starts), "ms", Promise::Below(250.0));
    if !memory.is_empty() {
        report.add("memory when idle", Spread::of(memory), "MiB", Promise::Below(40.0));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a fraction of a byte is no matter")]
pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB
}
