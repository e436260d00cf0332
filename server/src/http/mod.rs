//! The HTTP surface: the only part that names axum, and the only one that chooses status codes.

mod api;
mod assets;
mod budget;
mod callbacks;
mod context;
mod cookies;
pub mod error;
mod frame;
mod guard;
mod intake;
mod pages;
mod places;
mod render;
mod routes;
mod serve;
mod sse;
mod typeset;

pub use cookies::Transport;
pub use guard::Site;
pub use routes::{addresses, router};
pub use serve::serve;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
