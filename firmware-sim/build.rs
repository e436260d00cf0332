//! Compiles `preload/after_fork.rs` into a shared library, which the program carries in itself.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

const SOURCE: &str = "preload/after_fork.rs";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    let library = PathBuf::from(env::var("OUT_DIR")?).join("after_fork.so");
    let mut rustc = Command::new(env::var("RUSTC")?);
    rustc.args(["--edition=2024", "--crate-type=cdylib", "--crate-name=after_fork"]);
    rustc.args(["-Copt-level=s", "-Cpanic=abort", "-Cstrip=symbols", "-o"]).arg(library);
    let target = env::var("TARGET")?;
    if target != env::var("HOST")? {
        rustc.args(["--target", &target]);
    }
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        rustc.arg(format!("-Clinker={linker}"));
    }
    match rustc.arg(SOURCE).status()? {
        status if status.success() => Ok(()),
        status => Err(format!("compiling {SOURCE} failed: {status}").into()),
    }
}
