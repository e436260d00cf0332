//! A library that stands in a program's memory next to libumockdev's preloaded one.
//!
//! libumockdev's wrappers of `open`, `stat`, `ioctl` and others take two locks. A thread that forks
//! while another holds one leaves the child with a lock that nobody opens again, and the child, which
//! closes files and looks around before it runs another program, waits for ever. Here the child gets
//! both locks anew: it has one thread, and that thread was in no wrapper when it forked.
//!
//! `build.rs` compiles this file by itself (docs/adr/0032-forks-under-libumockdev.md). There is no
//! standard library in it, so it brings nothing else into the program.
#![no_std]

use core::ffi::{CStr, c_char, c_int, c_void};
use core::panic::PanicInfo;
use core::ptr;

/// The locks, by the names that the preloaded library exports. One that is not there needs nothing.
const LOCKS: [&CStr; 2] = [c"trap_path_lock", c"ioctl_lock"];

/// `PTHREAD_MUTEX_RECURSIVE`: does for a lock that is taken once what the default kind does.
const RECURSIVE: c_int = 1;

/// Room for a `pthread_mutexattr_t` of any architecture (4 to 8 bytes).
#[repr(C, align(16))]
struct Attributes([u8; 64]);

type Handler = extern "C" fn();

#[link(name = "c")]
unsafe extern "C" {
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn pthread_atfork(
        before: Option<Handler>,
        parent: Option<Handler>,
        child: Option<Handler>,
    ) -> c_int;
    fn pthread_mutexattr_init(attributes: *mut Attributes) -> c_int;
    fn pthread_mutexattr_settype(attributes: *mut Attributes, kind: c_int) -> c_int;
    fn pthread_mutex_init(mutex: *mut c_void, attributes: *const Attributes) -> c_int;
}

/// Run by the loader, before the program's first line.
#[used]
#[unsafe(link_section = ".init_array")]
static LOADED: Handler = loaded;

extern "C" fn loaded() {
    // SAFETY: the handler has no precondition and lives as long as the program, since a preloaded
    // library is never unloaded. Without memory for it the program has other worries.
    let _registered = unsafe { pthread_atfork(None, None, Some(in_the_child)) };
}

/// Makes the locks anew. `fork` calls it in the child, whose only thread runs this.
extern "C" fn in_the_child() {
    let mut attributes = Attributes([0; 64]);
    // SAFETY: the room suffices. The symbols are mutexes of the preloaded library, which lives as
    // long as the program; no thread of this process holds or awaits one, for there is no other.
    unsafe {
        pthread_mutexattr_init(&raw mut attributes);
        pthread_mutexattr_settype(&raw mut attributes, RECURSIVE);
        for name in LOCKS {
            // null is RTLD_DEFAULT: the order in which the program itself finds symbols
            let lock = dlsym(ptr::null_mut(), name.as_ptr());
            if !lock.is_null() {
                pthread_mutex_init(lock, &raw const attributes);
            }
        }
    }
}

/// Nothing above panics.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
