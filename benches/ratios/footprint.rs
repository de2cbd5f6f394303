//! How large and how quick to start the program is, beside what it promises.

use crate::load::Target;
use crate::median;
use crate::server::Running;
use std::time::Instant;

const MIB: f64 = 1024.0 * 1024.0;

pub fn run(is_quick: bool) {
    println!("\n{:32} {:>10} {:>10}", "footprint", "measured", "promised");
    let binary = std::fs::metadata(env!("CARGO_BIN_EXE_patchbay")).expect("the program").len();
    println!("{:32} {:>10.1} {:>10}", "binary, MiB", mib(binary), "< 30");
    let folder = tempfile::tempdir().expect("a folder");
    drop(Running::start(&folder));
    let mut starts = Vec::new();
    let mut memory = None;
    for _ in 0..if is_quick { 1 } else { 7 } {
        let start = Instant::now();
        let server = Running::start(&folder);
        let (status, _) = Target::new(server.address, &folder.path().join("certs")).connect().call("GET", "/tag", "");
        starts.push(start.elapsed().as_secs_f64() * 1000.0);
        assert_eq!(status, 200);
        memory = server.resident_bytes();
    }
    println!("{:32} {:>10.0} {:>10}", "start to first answer, ms", median(&mut starts), "< 250");
    if let Some(memory) = memory {
        println!("{:32} {:>10.1} {:>10}", "idle memory, MiB", mib(memory), "< 40");
    }
}

fn mib(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) * 1024.0 / MIB
}
