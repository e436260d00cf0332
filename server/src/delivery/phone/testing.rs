//! The post of tests: what is sent and not handed over yet, with what its provider would be given.

use super::{Sending, Ticket, parcel};
use crate::app::App;

/// Everything that waits to be sent to a phone, oldest first.
pub(crate) async fn posted(app: &App) -> Vec<(Sending, Ticket)> {
    let mut tx = app.db.read().await.expect("a transaction begins");
    let mut rows = crate::delivery::store::list(&mut tx).await.expect("the outbox can be read");
    rows.retain(|row| parcel::is_ours(&row.kind));
    let open = |row: &crate::delivery::store::Listed| {
        let record = crate::delivery::run::record(&row.id);
        let content = app.sealing.unseal(&record, &row.content).expect("it is sealed for its row");
        parcel::read(&content).expect("a parcel")
    };
    rows.iter().map(open).collect()
}
