//! Servers for the tests of the HTTP surface: an application of one configuration, behind a router or
//! on a socket.

use std::net::SocketAddr;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::clock::{Clock, Time};
use crate::config::Config;
use crate::http::serve;
use crate::password;
use crate::secret::Secret;
use crate::storage::{Db, testing};

/// November 2026: the TEST card of 2024 is valid.
const START: Time = Time::from_millis(1_795_000_000_000);

/// An application on an empty SQLite database, and the folder in which that is.
pub(super) async fn app(config: &str) -> (Arc<App>, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let config = Config::parse(config, data.path()).unwrap();
    let db = Db::open(&config.storage).await.unwrap();
    (Arc::new(App::join(config, db, Clock::manual(START)).unwrap()), data)
}

/// The same with one test holder, who has a password only.
pub(super) async fn app_with_holder(
    config: &str,
    name: &str,
    password: &str,
) -> (Arc<App>, TempDir) {
    let (app, data) = app(config).await;
    let account = testing::account(&app.db, name).await;
    let room = app.passwords.admit().unwrap();
    let hash = room.hash(Secret::new(password.to_owned())).await;
    let mut tx = app.db.write().await.unwrap();
    password::testing::keep(&mut tx, &account.id, &hash, START).await;
    tx.commit().await.unwrap();
    (app, data)
}

/// An application on a socket; it ends when this goes.
pub(super) struct Listening {
    pub(super) app: Arc<App>,
    pub(super) address: SocketAddr,
    _stop: oneshot::Sender<()>,
    _served: JoinHandle<std::io::Result<()>>,
    _data: TempDir,
}

/// Serves an application of this configuration on loopback.
pub(super) async fn listen(config: &str) -> Listening {
    let (app, data) = app(config).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(serve(app.clone(), listener, async move {
        let _ = stopped.await;
    }));
    Listening { app, address, _stop: stop, _served: served, _data: data }
}
