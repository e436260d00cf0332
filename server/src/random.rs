//! Randomness, from the operating system alone.

/// Gives random bytes.
#[derive(Clone, Copy, Debug)]
pub struct Random(());

impl Random {
    /// The operating system's generator.
    pub const fn system() -> Self {
        Self(())
    }

    /// `N` bytes nobody can foretell.
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }
}
