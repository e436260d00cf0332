//! Part of Sleutelbos.

fn main() {}
