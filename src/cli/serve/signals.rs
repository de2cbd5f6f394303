//! What tells the server to stop.

use actix_web::dev::ServerHandle;
use actix_web::rt::{signal, spawn};

/// What tells the program to stop.
pub struct Signals {
    #[cfg(unix)]
    terminate: signal::unix::Signal,
}

impl Signals {
    /// Listens from now on.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate())?,
        })
    }

    /// Waits for the next one: Ctrl-C, or a service manager's request.
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = signal::ctrl_c().await;
    }
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
