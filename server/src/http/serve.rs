//! Serving: the router on a socket, until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use tokio::net::TcpListener;

use super::router;
use crate::app::App;

/// How long a client may take to say what it wants; who sends nothing holds no connection.
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
    run(router(app), listener, stop).await
}

async fn run(
    router: Router,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener.into_std()?)?.handle(handle.clone());
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    let stopping = tokio::spawn(async move {
        stop.await;
        handle.graceful_shutdown(Some(GRACE));
    });
    let served = server.serve(router.into_make_service()).await;
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
        let server = tokio::spawn(run(router, listener, async move {
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

    /// Time is paused: it jumps to the next timer as soon as nothing else can be done.
    #[tokio::test(start_paused = true)]
    async fn who_never_finishes_asking_is_cut_off() {
        let (mut client, stop, server) = start().await;
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        let mut answer = Vec::new();
        let end = tokio::time::timeout(HEAD * 3, client.read_to_end(&mut answer)).await;
        assert!(end.is_ok(), "the connection is still open");
        assert!(!String::from_utf8_lossy(&answer).contains("200"));
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
    }
}
