//! `sleutelbos`: the server and the commands around it.

fn main() -> std::process::ExitCode {
    sleutelbos_server::cli::main()
}
