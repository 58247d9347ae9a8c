//! Lines of JSON of budgets in cents, by the library and by serde_json in turns: `records LIBRARY ROUNDS` prints
//! for each round the nanoseconds a line of both, and the bytes of a line. Both write the same values.

use serde::Serialize;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::{env, hint::black_box, mem, ptr, time::Instant};

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Budget {
    current_spend: f64,
    budget_limit: f64,
    usage_ratio: f64,
    remaining_budget: f64,
    is_warning: u32,
    is_breached: u32,
}

#[derive(Serialize)]
struct Settings {
    warning_ratio: f64,
}

#[derive(Serialize)]
struct Line<'a> {
    kind: &'static str,
    version: &'a str,
    status: &'static str,
    current_spend: f64,
    budget_limit: f64,
    usage_ratio: f64,
    remaining_budget: f64,
    is_warning: bool,
    is_breached: bool,
    config: Settings,
}

type Check = unsafe extern "C" fn(f64, f64, *const f64, *mut Budget) -> c_int;
type Version = unsafe extern "C" fn() -> *const c_char;
type Write =
    unsafe extern "C" fn(c_int, *const f64, *const Budget, *mut u8, usize, *mut usize) -> c_int;

unsafe extern "C" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}

const LINES: usize = 2048;
const CAPACITY: usize = 1536;

fn serde_line(budget: &Budget, version: &str, line: &mut Vec<u8>) {
    line.clear();
    let record = Line {
        kind: "budget_result",
        version,
        status: "CLOUDCIRCUIT_OK",
        current_spend: budget.current_spend,
        budget_limit: budget.budget_limit,
        usage_ratio: budget.usage_ratio,
        remaining_budget: budget.remaining_budget,
        is_warning: budget.is_warning == 1,
        is_breached: budget.is_breached == 1,
        config: Settings { warning_ratio: 0.9 },
    };
    serde_json::to_writer(line, &record).unwrap();
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let rounds: usize = arguments[2].parse().unwrap();
    let file = CString::new(arguments[1].as_str()).unwrap();
    // SAFETY: the library has these functions, with these types.
    let (check, write, version) = unsafe {
        let library = dlopen(file.as_ptr(), 2);
        let check = dlsym(library, c"cloudcircuit_check_budget".as_ptr());
        let write = dlsym(library, c"cloudcircuit_write_budget_result_json".as_ptr());
        let version = dlsym(library, c"cloudcircuit_version".as_ptr());
        assert!(!check.is_null() && !write.is_null() && !version.is_null());
        (
            mem::transmute::<*mut c_void, Check>(check),
            mem::transmute::<*mut c_void, Write>(write),
            CStr::from_ptr(mem::transmute::<*mut c_void, Version>(version)()).to_str().unwrap(),
        )
    };
    let library_line = |budget: &Budget, line: &mut [u8; CAPACITY]| {
        let mut len = 0;
        // SAFETY: a NULL config means the defaults, the others are valid.
        let status =
            unsafe { write(0, ptr::null(), budget, line.as_mut_ptr(), CAPACITY, &mut len) };
        assert_eq!(status, 0);
        len
    };

    let mut seed = 1_u64;
    let mut below = |end: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % end
    };
    let budgets: Vec<Budget> = (0..LINES)
        .map(|_| {
            let (spend, limit) = (below(1_000_000) as f64 / 100.0, (below(100) + 1) as f64 * 100.0);
            let mut budget = Budget::default();
            // SAFETY: as above.
            assert_eq!(unsafe { check(spend, limit, ptr::null(), &mut budget) }, 0);
            budget
        })
        .collect();

    let (mut ours, mut theirs) = ([0; CAPACITY], Vec::with_capacity(CAPACITY));
    let mut bytes = 0;
    for budget in &budgets {
        let len = library_line(budget, &mut ours);
        serde_line(budget, version, &mut theirs);
        let parsed = |line| serde_json::from_slice::<serde_json::Value>(line).unwrap();
        assert_eq!(parsed(&ours[..len]), parsed(&theirs));
        bytes += len;
    }
    for _ in 0..rounds {
        let start = Instant::now();
        budgets.iter().for_each(|budget| _ = black_box(library_line(budget, &mut ours)));
        let middle = Instant::now();
        budgets.iter().for_each(|budget| serde_line(black_box(budget), version, &mut theirs));
        let end = Instant::now();
        let each = |time: std::time::Duration| time.as_nanos() as f64 / LINES as f64;
        let mean = bytes as f64 / LINES as f64;
        println!("{}\t{}\t{mean}", each(middle - start), each(end - middle));
    }
}
