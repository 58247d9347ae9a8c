//! The shipped library as a foreign language calls it: opened with dlopen, bound by include/cloudcircuit.json,
//! between pages that must not be touched, in a child after fork and in a signal handler.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{CStr, CString, c_char, c_int, c_void},
    mem,
    os::unix::ffi::OsStrExt,
    ptr, slice,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};
use support::*;

/// Any function of the library. Pointers and whole numbers go into registers of their own, doubles into others, and
/// a callee does not look at what it has no argument for, so this type calls all of them.
#[rustfmt::skip]
type Call = unsafe extern "C" fn(
    u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, f64, f64, f64, f64,
) -> u64;

struct Argument {
    name: String,
    kind: String,
}

struct Function {
    call: Call,
    returns_status: bool,
    arguments: Vec<Argument>,
}

impl Function {
    /// Passes words in order of the arguments; doubles as their bits.
    fn call(&self, words: &[u64]) -> i32 {
        assert_eq!(words.len(), self.arguments.len());
        let (mut w, mut d) = ([0; 12], [0.0; 4]);
        let (mut whole, mut doubles) = (w.iter_mut(), d.iter_mut());
        for (argument, word) in self.arguments.iter().zip(words) {
            if argument.kind == "double" {
                *doubles.next().unwrap() = f64::from_bits(*word);
            } else {
                *whole.next().unwrap() = *word;
            }
        }
        // SAFETY: the words are what the description asks for.
        let status = unsafe {
            (self.call)(
                w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], d[0],
                d[1], d[2], d[3],
            )
        };
        status as i32
    }
}

fn text(item: &serde_json::Value, key: &str) -> String {
    item[key].as_str().unwrap().to_owned()
}

/// Every function of the description, found in the release build by dlsym.
fn library() -> &'static BTreeMap<String, Function> {
    static LIBRARY: OnceLock<BTreeMap<String, Function>> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let file = release().join("libcloudcircuit.so");
        let file = CString::new(file.as_os_str().as_bytes()).unwrap();
        // SAFETY: the library has no start-up code.
        let handle = unsafe { libc::dlopen(file.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!handle.is_null(), "{file:?} does not open");
        let bind = |item: serde_json::Value| {
            let name = text(&item, "name");
            let symbol = CString::new(name.clone()).unwrap();
            // SAFETY: the handle is open, and is never closed.
            let found = unsafe { libc::dlsym(handle, symbol.as_ptr()) };
            assert!(!found.is_null(), "{name} is described, but not in the library");
            let arguments = item["arguments"].as_array().unwrap().iter();
            let arguments = arguments.map(|argument| Argument {
                name: text(argument, "name"),
                kind: text(argument, "type"),
            });
            // SAFETY: see Call.
            let call = unsafe { mem::transmute::<*mut c_void, Call>(found) };
            let returns_status = text(&item, "returns") == "cloudcircuit_status";
            (name, Function { call, returns_status, arguments: arguments.collect() })
        };
        described("functions").into_iter().map(bind).collect()
    })
}

/// The sizes of structs and of what else a pointer may point to.
fn sizes() -> BTreeMap<String, usize> {
    let structs = described("structs").into_iter();
    let mut sizes: BTreeMap<_, _> = structs
        .map(|item| (text(&item, "name"), item["size"].as_u64().unwrap() as usize))
        .collect();
    for (name, size) in [
        ("char", 1),
        ("uint8_t", 1),
        ("uint32_t", 4),
        ("int64_t", 8),
        ("uint64_t", 8),
        ("double", 8),
        ("size_t", size_of::<usize>()),
    ] {
        sizes.insert(name.to_owned(), size);
    }
    sizes
}

#[test]
fn versions_and_messages_are_the_described_ones() {
    let said = |name: &str, status: u64| {
        let function = &library()[&format!("cloudcircuit_{name}")];
        // SAFETY: both functions take a number and return a static string.
        let call: unsafe extern "C" fn(u64) -> *const c_char =
            unsafe { mem::transmute(function.call) };
        unsafe { CStr::from_ptr(call(status)) }.to_str().unwrap().to_owned()
    };
    assert_eq!(said("version", 0), env!("CARGO_PKG_VERSION"));
    for status in described("statuses") {
        let number = status["number"].as_u64().unwrap();
        assert_eq!(said("status_name", number), text(&status, "name"));
        assert_eq!(said("status_message", number), text(&status, "message"));
    }
}

/// splitmix64
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (*seed ^ *seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

const PAGE: usize = 4096;
const ROOM: usize = 32 * PAGE;

/// Memory between two pages that must not be touched.
struct Fenced {
    start: *mut u8,
}

impl Fenced {
    fn new() -> Self {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a mapping of its own.
        unsafe {
            let map = libc::mmap(ptr::null_mut(), ROOM + 2 * PAGE, libc::PROT_NONE, flags, -1, 0);
            assert_ne!(map, libc::MAP_FAILED);
            let fenced = Fenced { start: map.cast::<u8>().add(PAGE) };
            fenced.protect(libc::PROT_READ | libc::PROT_WRITE);
            fenced
        }
    }

    fn protect(&self, protection: c_int) {
        // SAFETY: the room between the fences, which only this test uses.
        assert_eq!(unsafe { libc::mprotect(self.start.cast(), ROOM, protection) }, 0);
    }

    /// The first or the last bytes of the room.
    #[allow(clippy::mut_from_ref, reason = "memory outside of the value")]
    fn bytes(&self, size: usize, at_end: bool) -> &mut [u8] {
        assert!(size <= ROOM);
        // SAFETY: inside the room; nothing else holds on to it.
        unsafe {
            slice::from_raw_parts_mut(self.start.add(if at_end { ROOM - size } else { 0 }), size)
        }
    }
}

/// Zeros, anything, small whole numbers or doubles.
fn fill(bytes: &mut [u8], kind: usize, seed: &mut u64) {
    for chunk in bytes.chunks_mut(8) {
        let any = random(seed);
        let word = [0, any, 1 + any % 3, ((1 + any % 50) as f64).to_bits()][kind % 4];
        chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
    }
}

/// Whatever is passed: nothing next to an argument is read or written, and nothing that is const is written. Each
/// argument touches a page that may not be touched, const ones lie in memory that may only be read.
#[test]
fn no_function_touches_what_it_was_not_passed() {
    let sizes = sizes();
    let fences: Vec<_> = (0..12).map(|_| Fenced::new()).collect();
    let statuses: BTreeSet<i64> =
        described("statuses").iter().map(|status| status["number"].as_i64().unwrap()).collect();
    let mut seed = seed();
    let mut answered = BTreeMap::new();
    for (name, function) in library().iter().filter(|(_, function)| !function.arguments.is_empty())
    {
        // What makes a state leaves none on an error, what changes one leaves it as it was.
        let makes_a_state = name.ends_with("_init") || name.ends_with("_decode");
        for round in 0..240 {
            let len = [0, 1, 2, 3, 17, 40][round % 6];
            let at_end = round / 6 % 2 == 0;
            let mut words = Vec::new();
            let mut states = Vec::new();
            for (argument, fence) in function.arguments.iter().zip(&fences) {
                let Some(pointed) = argument.kind.strip_suffix(" *") else {
                    words.push(match argument.kind.as_str() {
                        "size_t" => len as u64,
                        "double" => {
                            [1.5, 0.5, 100.0, f64::NAN][random(&mut seed) as usize % 4].to_bits()
                        }
                        _ => [0, 1, 2, u64::MAX][random(&mut seed) as usize % 4],
                    });
                    continue;
                };
                let is_const = pointed.starts_with("const ");
                let pointed = pointed.trim_start_matches("const ");
                let argument = argument.name.as_str();
                let is_array = ["configs", "states", "holds", "decisions", "signals", "results"];
                let is_one = pointed.starts_with("cloudcircuit_") && !is_array.contains(&argument)
                    || ["invalid_rows", "length", "refused_by", "failed_at"].contains(&argument);
                let more = usize::from(len == 0 || argument == "offsets");
                let count = if is_one { 1 } else { len + more };
                let bytes = fence.bytes(count * sizes[pointed], at_end);
                fill(bytes, round / 12, &mut seed);
                words.push(bytes.as_ptr() as u64);
                if is_const {
                    fence.protect(libc::PROT_READ);
                } else if pointed.ends_with("_state") && !makes_a_state {
                    states.push((bytes.to_vec(), bytes));
                }
            }
            let status = function.call(&words);
            for fence in &fences {
                fence.protect(libc::PROT_READ | libc::PROT_WRITE);
            }
            if function.returns_status {
                assert!(statuses.contains(&status.into()), "{name} answers {status}");
                for (before, after) in states {
                    assert!(status == 0 || before == after, "{name} fails and changes a state");
                }
                *answered.entry(status).or_insert(0) += 1;
            }
        }
    }
    // Not only refusals, and of those not only the first.
    assert!(answered[&0] > 1000 && answered.len() > 20, "{answered:?}");
}

/// What decisions() writes.
type Memory = [u8; 128 * 1024];

/// Calls of every safeguard, as a number that depends on every byte they answer. Allocates nothing, as in a child
/// after fork or in a signal handler.
fn decisions(memory: &mut Memory) -> u64 {
    memory.fill(0);
    let start = memory.as_ptr() as u64;
    let at = |place: u64| start + 1024 * place;
    let (tracker, encoded) = (at(32), at(80));
    let series: [f64; 40] =
        std::array::from_fn(|i| if i == 39 { 90.0 } else { 10.0 + (i % 7) as f64 });
    let spend = series.as_ptr() as u64;
    let number = |value: f64| value.to_bits();
    let calls: [(&str, &[u64]); 15] = [
        ("cloudcircuit_check_budget", &[number(95.0), number(100.0), 0, at(0)]),
        ("cloudcircuit_check_anomaly_spike", &[spend, 40, 0, at(1)]),
        ("cloudcircuit_detect_spike", &[spend, 40, 0, at(2)]),
        ("cloudcircuit_spike_tracker_init", &[0, tracker]),
        ("cloudcircuit_spike_tracker_update", &[tracker, number(12.5), at(3)]),
        ("cloudcircuit_spike_tracker_state_validate", &[tracker]),
        ("cloudcircuit_spike_tracker_state_encode", &[tracker, encoded, *tracker_len()]),
        ("cloudcircuit_spike_tracker_state_decode", &[encoded, *tracker_len(), tracker]),
        ("cloudcircuit_breaker_init", &[5, at(5)]),
        ("cloudcircuit_breaker_acquire", &[0, at(5), 6, at(6)]),
        ("cloudcircuit_write_budget_result_json", &[0, 0, at(0), at(7), 1000, at(8)]),
        ("cloudcircuit_ledger_init", &[1, 0, 5, at(10)]),
        ("cloudcircuit_ledger_reserve", &[0, at(10), 0, 6, at(11), at(12)]),
        ("cloudcircuit_rate_limit_init", &[5, at(13)]),
        ("cloudcircuit_forecast_budget", &[spend, 30, spend, 5, 31, number(500.0), 0, at(9)]),
    ];
    for (name, words) in calls {
        assert_eq!(library()[name].call(words), 0, "{name}");
    }
    let fnv = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3);
    memory.iter().fold(0xCBF2_9CE4_8422_2325, fnv)
}

fn tracker_len() -> &'static u64 {
    static LEN: OnceLock<u64> = OnceLock::new();
    LEN.get_or_init(|| {
        let constants = described("constants");
        let is_it = |constant: &&serde_json::Value| {
            constant["name"] == "CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN"
        };
        constants.iter().find(is_it).unwrap()["value"].as_u64().unwrap()
    })
}

#[test]
fn a_child_after_fork_decides_alike() {
    let mut memory = Box::new([0; 128 * 1024]);
    let expected = decisions(&mut memory);
    // SAFETY: the child calls the library alone, and ends.
    match unsafe { libc::fork() } {
        -1 => panic!("no fork"),
        0 => {
            let is_same = decisions(&mut memory) == expected;
            // SAFETY: ends the child without the harness's exit code.
            unsafe { libc::_exit(if is_same { 42 } else { 1 }) }
        }
        child => {
            let mut status = 0;
            // SAFETY: waits for the child.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 42, "{status}");
        }
    }
}

static MEMORY: OnceLock<usize> = OnceLock::new();
static ANSWER: AtomicU64 = AtomicU64::new(0);

extern "C" fn handler(_: c_int) {
    // SAFETY: only the handler uses this memory, and it runs once at a time.
    let memory = unsafe { &mut *(*MEMORY.get().unwrap() as *mut Memory) };
    ANSWER.store(decisions(memory), Ordering::SeqCst);
}

/// The most that a call may need, as tests/artefact.rs has it; and what the kernel and the handler itself need.
const STACK_OF_A_CALL: usize = 16 * 1024;
const STACK_OF_THE_HANDLER: usize = 12 * 1024;

/// The handler runs on a stack of its own, with a page below it that must not be touched.
#[test]
fn a_signal_handler_decides_alike_on_a_small_stack() {
    let mut memory = Box::new([0; 128 * 1024]);
    let expected = decisions(&mut memory);
    MEMORY.set(Box::into_raw(memory) as usize).unwrap();
    let stack = Fenced::new();
    let size = STACK_OF_A_CALL + STACK_OF_THE_HANDLER;
    // SAFETY: the stack outlives its use, and the handler only calls the library.
    unsafe {
        let stack_of_handler =
            libc::stack_t { ss_sp: stack.start.cast(), ss_flags: 0, ss_size: size };
        assert_eq!(libc::sigaltstack(&stack_of_handler, ptr::null_mut()), 0);
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_ONSTACK;
        assert_eq!(libc::sigaction(libc::SIGUSR1, &action, ptr::null_mut()), 0);
        assert_eq!(libc::raise(libc::SIGUSR1), 0);
    }
    assert_eq!(ANSWER.load(Ordering::SeqCst), expected);
}
