// What Rust's standard library needs of a system: threads, locks, channels, timers, panics, and errors instead of crashes for what is missing.
use std::collections::HashMap;
use std::io::Write;
use std::sync::{mpsc, Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

fn main() {
    let count = Arc::new(Mutex::new(0));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let count = count.clone();
            thread::spawn(move || {
                for _ in 0..1000 {
                    *count.lock().unwrap() += 1
                }
            })
        })
        .collect();
    for t in threads {
        t.join().unwrap()
    }
    assert_eq!(*count.lock().unwrap(), 8000);

    let (tx, rx) = mpsc::channel();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        tx.send(5).unwrap()
    });
    assert_eq!(rx.recv(), Ok(5));
    assert!(rx.recv().is_err());

    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let (_guard, result) = gate.1.wait_timeout(gate.0.lock().unwrap(), Duration::from_millis(20)).unwrap();
    assert!(result.timed_out());

    let mut map = HashMap::new();
    for i in 0..100_000u32 {
        map.insert(i, i.to_string());
    }
    assert_eq!(map[&77_777], "77777");

    assert!(std::panic::catch_unwind(|| panic!("boom")).is_err());
    assert!(thread::spawn(|| panic!("in a thread")).join().is_err());

    assert!(std::fs::read_to_string("/nowhere/file").is_err());
    assert!(std::fs::File::create("/nowhere/file").is_err());
    assert!(std::fs::metadata("/dev/null").unwrap().file_type() != std::fs::metadata("/dev").unwrap().file_type());
    assert!(std::fs::OpenOptions::new().write(true).open("/dev/null").unwrap().write_all(b"text").is_ok());
    assert!(std::process::Command::new("/nowhere/program").status().is_err());
    assert!(std::process::Command::new("/nowhere/program").output().is_err());
    assert!(std::net::TcpStream::connect("127.0.0.1:1").is_err());
    assert!(std::env::current_dir().is_ok());

    let start = Instant::now();
    thread::sleep(Duration::from_millis(30));
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert!(thread::available_parallelism().is_ok());
    println!("standard library: fine");
    std::process::exit(7);
}
