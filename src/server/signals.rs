//! What tells the server to stop.

use actix_web::dev::ServerHandle;
use actix_web::rt::{Runtime, signal, spawn};
use std::time::Duration;

/// What tells the program to stop.
pub struct Signals {
    #[cfg(unix)]
    interrupt: signal::unix::Signal,
    #[cfg(unix)]
    terminate: signal::unix::Signal,
}

impl Signals {
    /// Listens from now on.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal::unix::signal(signal::unix::SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate())?,
        })
    }

    /// Waits for the next one: Ctrl-C, or a service manager's request.
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = signal::ctrl_c().await;
    }
}

/// What tells the program to read its settings anew.
pub struct Hangups {
    #[cfg(unix)]
    hangup: signal::unix::Signal,
}

impl Hangups {
    /// Listens from now on, which nothing tells elsewhere than on Unix. Before, it would end the
    /// program.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            hangup: signal::unix::signal(signal::unix::SignalKind::hangup())?,
        })
    }

    /// Calls `act` each time, and once if it came already.
    #[cfg(unix)]
    pub fn each(mut self, act: impl Fn() + 'static) {
        spawn(async move {
            while self.hangup.recv().await.is_some() {
                act();
            }
        });
    }

    /// There are none.
    #[cfg(not(unix))]
    pub fn each(self, _: impl Fn() + 'static) {}
}

/// The first signal lets requests that are under way finish; a second one does not.
pub async fn stop_when_told(servers: Vec<ServerHandle>, mut signals: Signals) {
    signals.next().await;
    tracing::info!("stopping once the requests that are under way are answered");
    for server in &servers {
        spawn(server.stop(true));
    }
    signals.next().await;
    for server in &servers {
        server.stop(false).await;
    }
}

/// How much longer than the requests that are under way the rest may take, as folding the
/// write-ahead log. A service manager kills the process soon after.
const REST: Duration = Duration::from_secs(10);

/// Ends the process in time once it is told to stop, also where an event loop or the disk stands
/// still: this waits for neither.
pub fn end_in_time(requests: Duration) {
    when_told_to_stop(move || {
        std::thread::sleep(requests.saturating_add(REST));
        tracing::error!(
            "the server did not end in time, and is ended; what was acknowledged is written"
        );
        // A moment for the log, which has a thread of its own.
        std::thread::sleep(Duration::from_millis(200));
        std::process::exit(1);
    });
}

/// Does `act` once the program is told to stop, for work that is no server; it is listened for from
/// when this returns. Where that can't be, the program simply ends.
pub fn when_told_to_stop(act: impl FnOnce() + Send + 'static) {
    let (told, is_listening) = std::sync::mpsc::channel();
    let listen = async move {
        let signals = Signals::listen();
        // Who started this waits for it.
        let _ = told.send(());
        if let Ok(mut signals) = signals {
            signals.next().await;
            act();
        }
    };
    std::thread::spawn(move || {
        if let Ok(runtime) = Runtime::new() {
            runtime.block_on(listen);
        }
    });
    let _ = is_listening.recv();
}
