//! Gateways: the providers that send codes by SMS and make phone calls, a file each.

mod fault;

pub use fault::Fault;
