//! Serving: the router on a socket, until it is told to stop.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::router;
use crate::app::App;

/// Answers requests on `listener` until `stop`, then those under way.
///
/// Errors: the socket's.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(app)).with_graceful_shutdown(stop).await
}
