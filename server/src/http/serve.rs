//! Serving: the router on a socket, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use tokio::net::TcpListener;

use super::places::{self, Places};
use super::router;
use crate::app::App;

/// How long a client may take to say what it wants, and how long it may then be silent before it
/// asks again; who sends nothing holds no connection.
const HEAD: Duration = Duration::from_secs(10);

/// How long requests under way may take after the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Answers requests on `listener` until `stop`, then those under way.
///
/// Errors: the socket's.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let places = Places::new(app.config.limits.proxies.clone());
    run(router(app), places, listener, stop).await
}

async fn run(
    router: Router,
    places: Places,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener.into_std()?)?
        .handle(handle.clone())
        .acceptor(places)
        // Only HTTP/1 has a time-out from the first byte on; a proxy in front speaks it too.
        .http1_only();
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    let stopping = tokio::spawn(async move {
        stop.await;
        handle.graceful_shutdown(Some(GRACE));
    });
    let router = router.layer(from_fn(places::keep));
    let served = server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await;
    stopping.abort();
    served
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    /// A server with one page, and what stops it.
    async fn start()
    -> (TcpStream, oneshot::Sender<()>, tokio::task::JoinHandle<std::io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", get(async || "hier"));
        let places = places::testing::few(3, 3);
        let server = tokio::spawn(run(router, places, listener, async move {
            let _ = stopped.await;
        }));
        (TcpStream::connect(address).await.unwrap(), stop, server)
    }

    #[tokio::test]
    async fn told_to_stop_it_answers_and_ends() {
        let (mut client, stop, server) = start().await;
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("hier"), "{answer}");
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
    }

    /// Sends `asked` and nothing more; what comes back before the connection is cut off. Time is
    /// paused: it jumps to the next timer as soon as nothing else can be done.
    async fn cut_off(asked: &[u8]) -> String {
        let (mut client, stop, server) = start().await;
        client.write_all(asked).await.unwrap();
        let mut answer = Vec::new();
        let end = tokio::time::timeout(HEAD * 3, client.read_to_end(&mut answer)).await;
        assert!(end.is_ok(), "the connection is still open");
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn who_never_finishes_asking_is_cut_off() {
        assert!(!cut_off(b"GET / HTTP/1.1\r\nHost: x\r\n").await.contains("200"));
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_is_cut_off() {
        assert_eq!(cut_off(b"").await, "");
    }

    #[tokio::test(start_paused = true)]
    async fn who_begins_http_2_is_cut_off() {
        assert!(!cut_off(b"PRI ").await.contains("200"));
        let whole = cut_off(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
        assert!(!whole.contains("200"));
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_nothing_more_is_cut_off() {
        assert!(cut_off(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.contains("200"));
    }

    #[tokio::test]
    async fn silent_connections_keep_nobody_out() {
        let (first, stop, server) = start().await;
        let address = first.peer_addr().unwrap();
        let mut silent = vec![first];
        for _ in 0..20 {
            let mut socket = TcpStream::connect(address).await.unwrap();
            socket.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
            silent.push(socket);
            let mut client = TcpStream::connect(address).await.unwrap();
            let asked = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            client.write_all(asked).await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        drop(silent);
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
    }
}
