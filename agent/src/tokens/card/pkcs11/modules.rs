//! Where PKCS#11 modules are: those the configuration names, then the places where the packages
//! of SafeSign and OpenSC put them. Always a full path: a library is never looked for by name.

use std::path::{Path, PathBuf};

use crate::sound::is_sound;

/// The modules that are there, in the order in which they are tried.
///
/// Configured ones come first, in their order. One that other users of this computer could have
/// written is passed over.
#[must_use]
pub fn present(configured: &[PathBuf]) -> Vec<PathBuf> {
    let known = PLACES.iter().map(PathBuf::from);
    let mut present: Vec<PathBuf> = Vec::new();
    for path in configured.iter().cloned().chain(known) {
        if is_sound(&path) && !present.contains(&path) {
            present.push(path);
        }
    }
    present
}

/// Whether `module` is OpenSC's, which does not know the cards that SafeSign makes.
#[must_use]
pub fn is_opensc(module: &Path) -> bool {
    let name = module.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with("opensc-pkcs11"))
}

const PLACES: &[&str] = &[
    // SafeSign
    "/usr/lib/libaetpkss.so.3",
    "/usr/lib64/libaetpkss.so.3",
    "/usr/lib/x86_64-linux-gnu/libaetpkss.so.3",
    "/usr/local/lib/libaetpkss.so.3",
    "/usr/local/lib/libaetpkss.dylib",
    r"C:\Windows\System32\aetpkss1.dll",
    // OpenSC
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib64/pkcs11/opensc-pkcs11.so",
    "/usr/lib64/opensc-pkcs11.so",
    "/usr/lib/pkcs11/opensc-pkcs11.so",
    "/usr/lib/opensc-pkcs11.so",
    "/Library/OpenSC/lib/opensc-pkcs11.so",
    r"C:\Program Files\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll",
];

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn configured_modules_come_first_and_must_be_sound() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, mode| {
            let path = folder.path().join(name);
            std::fs::write(&path, b"").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        let (good, open) = (make("good.so", 0o644), make("open.so", 0o666));
        let missing = folder.path().join("missing.so");
        let found = present(&[open.clone(), missing.clone(), good.clone(), good.clone()]);
        assert_eq!(found.iter().filter(|path| **path == good).count(), 1);
        assert_eq!(found.first(), Some(&good));
        assert!(!found.contains(&open) && !found.contains(&missing));
    }

    #[test]
    fn opensc_is_known_by_its_file() {
        let of_opensc = PLACES.iter().filter(|place| is_opensc(Path::new(place))).count();
        let places = PLACES.iter().filter(|place| place.contains("opensc-pkcs11")).count();
        // A path of another system is one name here.
        let foreign = PLACES.iter().filter(|place| place.contains(r"OpenSC Project\")).count();
        assert_eq!(of_opensc, places - foreign);
        assert!(!is_opensc(Path::new("/usr/lib/libaetpkss.so.3")));
    }

    #[test]
    fn a_library_is_never_looked_for_by_name() {
        assert!(!is_sound(Path::new("Cargo.toml")), "a file in the current folder");
        assert!(PLACES.iter().all(|p| p.starts_with('/') || p.starts_with(r"C:\")));
    }
}
