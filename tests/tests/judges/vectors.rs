//! The test vectors, computed once more by somebody else's cryptography.

use tests::program::{Program, workspace};

#[test]
fn every_vector_holds() {
    let script = workspace().join("tests/vectors/verify.py");
    let said = Program::python().arg(script).run().good();
    assert_eq!(said.trim(), "218 passed, 0 failed");
}
