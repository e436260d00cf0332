//! Part of Sleutelbos.
