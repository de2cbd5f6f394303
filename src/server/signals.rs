//! The signals that stop the server or make it read its settings again.

use actix_web::dev::ServerHandle;
use actix_web::rt::{Runtime, signal, spawn};
use std::time::Duration;

/// The signals that stop the program.
pub struct Signals {
    #[cfg(unix)]
    interrupt: signal::unix::Signal,
    #[cfg(unix)]
    terminate: signal::unix::Signal,
}

impl Signals {
    /// Starts to listen.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal::unix::signal(signal::unix::SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate())?,
        })
    }

    /// Waits for the next signal: Ctrl-C, or the request of a service manager.
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

/// The signal that makes the program read its settings again.
pub struct Hangups {
    #[cfg(unix)]
    hangup: signal::unix::Signal,
}

impl Hangups {
    /// Starts to listen. Without it, the signal would end the program. Only Unix has this signal.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            hangup: signal::unix::signal(signal::unix::SignalKind::hangup())?,
        })
    }

    /// Calls `act` for each signal, also for one that has come since `listen`.
    #[cfg(unix)]
    pub fn each(mut self, act: impl Fn() + 'static) {
        spawn(async move {
            while self.hangup.recv().await.is_some() {
                act();
            }
        });
    }

    /// Does nothing: this system has no such signal.
    #[cfg(not(unix))]
    pub fn each(self, _: impl Fn() + 'static) {}
}

/// Stops the servers. The first signal lets running requests finish; the second one does not.
pub async fn stop_on_signal(servers: Vec<ServerHandle>, mut signals: Signals) {
    signals.next().await;
    tracing::info!("stopping after the running requests are answered");
    for server in &servers {
        spawn(server.stop(true));
    }
    signals.next().await;
    for server in &servers {
        server.stop(false).await;
    }
}

/// How long the rest of the shutdown may take after the running requests, such as the checkpoint of
/// the write-ahead log. A service manager kills the process shortly afterwards.
const REST: Duration = Duration::from_secs(10);

/// Ends the process in time after a signal, even if an event loop or the disk hangs: it waits for
/// neither.
pub fn end_in_time(requests: Duration) {
    on_stop_signal(move || {
        std::thread::sleep(requests.saturating_add(REST));
        tracing::error!(
            "the server did not stop in time and ends now; all acknowledged writes are on disk"
        );
        // The log has its own thread, which needs a moment.
        std::thread::sleep(Duration::from_millis(200));
        std::process::exit(1);
    });
}

/// Calls `act` when a signal stops the program, for work other than that of a server. It listens
/// before it returns. If it can't listen, the signal simply ends the program.
pub fn on_stop_signal(act: impl FnOnce() + Send + 'static) {
    let (ready, is_listening) = std::sync::mpsc::channel();
    let listen = async move {
        let signals = Signals::listen();
        // The caller waits for it.
        let _ = ready.send(());
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
