//! libumockdev, loaded at run time: the one module with `unsafe` (docs/adr/0014-unsafe.md).
//!
//! A [`Testbed`] stays on the thread that made it, which runs the library's main loop; every call
//! into the library happens there. Names and signatures: umockdev.h, GLib's and GObject's headers.
#![expect(unsafe_code, reason = "calls into a C library; every block says why it is sound")]

use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::ptr;

use libloading::{Library, Symbol};

/// Any object of the library; never read here.
type Object = *mut c_void;
type Errors = *mut *mut GError;

/// GLib's `GError`.
#[repr(C)]
struct GError {
    domain: u32,
    code: c_int,
    message: *mut c_char,
}

/// What the library refused, in its words.
#[derive(Debug, thiserror::Error)]
#[error("libumockdev: {0}")]
pub(super) struct Refused(String);

/// What an ioctl gives back: bytes for the caller's buffer of `room` bytes, and its result.
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) room: usize,
    pub(super) result: i32,
}

/// Answers ioctls by their number; `None` = not known.
pub(super) type Responder = Box<dyn Fn(u32) -> Option<Answer>>;

/// Declares [`Api`]: each field is a C function, found by its name when the library is loaded.
macro_rules! api {
    ($($name:ident: fn($($arg:ty),*) $(-> $ret:ty)?;)*) => {
        /// The functions used, in the library itself or in those it depends on.
        #[derive(Clone, Copy)]
        struct Api { $($name: unsafe extern "C" fn($($arg),*) $(-> $ret)?,)* }

        impl Api {
            fn load(library: &'static Library) -> Result<Self, libloading::Error> {
                // SAFETY: the signatures are those of the headers; the library stays loaded.
                Ok(unsafe { Self { $($name: {
                    let found: Symbol<unsafe extern "C" fn($($arg),*) $(-> $ret)?> =
                        library.get(concat!(stringify!($name), "\0").as_bytes())?;
                    *found
                },)* } })
            }
        }
    };
}

api! {
    umockdev_testbed_new: fn() -> Object;
    umockdev_testbed_get_root_dir: fn(Object) -> *mut c_char;
    umockdev_testbed_add_from_string: fn(Object, *const c_char, Errors) -> c_int;
    umockdev_testbed_uevent: fn(Object, *const c_char, *const c_char);
    umockdev_testbed_remove_device: fn(Object, *const c_char);
    umockdev_testbed_attach_ioctl: fn(Object, *const c_char, Object, Errors) -> c_int;
    umockdev_testbed_detach_ioctl: fn(Object, *const c_char, Errors) -> c_int;
    umockdev_ioctl_base_new: fn() -> Object;
    umockdev_ioctl_client_get_request: fn(Object) -> c_ulong;
    umockdev_ioctl_client_get_arg: fn(Object) -> Object;
    umockdev_ioctl_client_complete: fn(Object, c_long, c_int);
    umockdev_ioctl_data_resolve: fn(Object, usize, usize, Errors) -> Object;
    umockdev_ioctl_data_update: fn(Object, usize, *mut u8, c_int);
    umockdev_ioctl_data_unref: fn(Object);
    g_signal_connect_data: fn(Object, *const c_char, *const c_void, *mut c_void, *const c_void, c_uint) -> c_ulong;
    g_object_unref: fn(Object);
    g_free: fn(*mut c_void);
    g_error_free: fn(*mut GError);
    g_main_context_iteration: fn(Object, c_int) -> c_int;
    g_main_context_wakeup: fn(Object);
}

/// Ends the wait of [`Testbed::iterate`] from any thread.
#[derive(Clone, Copy)]
pub(super) struct Waker(unsafe extern "C" fn(Object));

impl Waker {
    pub(super) fn wake(self) {
        // SAFETY: null is the default main context; GLib lets any thread wake it.
        unsafe { (self.0)(ptr::null_mut()) }
    }
}

/// A folder in which programs that run under libumockdev-preload see devices.
pub(super) struct Testbed {
    api: Api,
    bed: Object,
    /// Not `Send`: the library's main loop belongs to the thread that made the testbed.
    _here: PhantomData<*mut c_void>,
}

/// What a signal handler is given: the functions, and who answers.
struct Handler {
    api: Api,
    responder: Responder,
}

impl Testbed {
    /// Loads the library and makes an empty testbed in `TMPDIR`.
    ///
    /// Errors: the loader's, when the library is missing or lacks a function.
    pub(super) fn open() -> Result<Self, libloading::Error> {
        // SAFETY: the library's initialisers have no precondition.
        let library = unsafe { Library::new("libumockdev.so.0") }?;
        // GLib cannot be unloaded, so neither may what depends on it
        let api = Api::load(Box::leak(Box::new(library)))?;
        // SAFETY: no precondition; the object is ours until `drop`.
        let bed = unsafe { (api.umockdev_testbed_new)() };
        Ok(Self { api, bed, _here: PhantomData })
    }

    /// The folder that `UMOCKDEV_DIR` names.
    pub(super) fn root(&self) -> PathBuf {
        // SAFETY: `bed` lives; the string is ours, ends in NUL, and is freed once, after the copy.
        unsafe {
            let root = (self.api.umockdev_testbed_get_root_dir)(self.bed);
            let path = PathBuf::from(OsStr::from_bytes(CStr::from_ptr(root).to_bytes()));
            (self.api.g_free)(root.cast());
            path
        }
    }

    /// Adds the devices that `description` lists in umockdev's own format.
    pub(super) fn add(&self, description: &CStr) -> Result<(), Refused> {
        // SAFETY: `bed` and the string live through the call.
        self.checked(|errors| unsafe {
            (self.api.umockdev_testbed_add_from_string)(self.bed, description.as_ptr(), errors)
        })
    }

    /// Tells listeners of udev that `action` happened to the device at `path` in /sys.
    pub(super) fn uevent(&self, path: &CStr, action: &CStr) {
        // SAFETY: `bed` and the strings live through the call.
        unsafe { (self.api.umockdev_testbed_uevent)(self.bed, path.as_ptr(), action.as_ptr()) }
    }

    /// Removes the device at `path` in /sys.
    pub(super) fn remove(&self, path: &CStr) {
        // SAFETY: `bed` and the string live through the call.
        unsafe { (self.api.umockdev_testbed_remove_device)(self.bed, path.as_ptr()) }
    }

    /// Lets `responder` answer the ioctls on `node`.
    pub(super) fn attach(&self, node: &CStr, responder: Responder) -> Result<(), Refused> {
        let handler = Box::new(Handler { api: self.api, responder });
        // SAFETY: the signal `handle-ioctl` calls (object, client, user data) -> gboolean, which is
        // `on_ioctl`; `forget` takes the box back when the object dies. Our reference goes at the
        // end; the testbed keeps its own until `detach`.
        unsafe {
            let base = (self.api.umockdev_ioctl_base_new)();
            (self.api.g_signal_connect_data)(
                base,
                c"handle-ioctl".as_ptr(),
                on_ioctl as *const c_void,
                Box::into_raw(handler).cast(),
                forget as *const c_void,
                0,
            );
            let attached = self.checked(|errors| {
                (self.api.umockdev_testbed_attach_ioctl)(self.bed, node.as_ptr(), base, errors)
            });
            (self.api.g_object_unref)(base);
            attached
        }
    }

    /// Ends what [`Testbed::attach`] began.
    pub(super) fn detach(&self, node: &CStr) -> Result<(), Refused> {
        // SAFETY: `bed` and the string live through the call.
        self.checked(|errors| unsafe {
            (self.api.umockdev_testbed_detach_ioctl)(self.bed, node.as_ptr(), errors)
        })
    }

    /// Waits for an ioctl, or to be woken, and handles it.
    pub(super) fn iterate(&self) {
        // SAFETY: null is the default main context, which this thread alone iterates.
        unsafe { (self.api.g_main_context_iteration)(ptr::null_mut(), 1) };
    }

    pub(super) fn waker(&self) -> Waker {
        Waker(self.api.g_main_context_wakeup)
    }

    /// Runs a call that says `FALSE` and sets an error when it fails.
    fn checked(&self, call: impl FnOnce(Errors) -> c_int) -> Result<(), Refused> {
        let mut error: *mut GError = ptr::null_mut();
        if call(&raw mut error) != 0 && error.is_null() {
            return Ok(());
        }
        Err(refusal(&self.api, error))
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        // SAFETY: the only reference, given back once; this removes the folder.
        unsafe { (self.api.g_object_unref)(self.bed) }
    }
}

/// Takes an error, which may be null, and frees it.
fn refusal(api: &Api, error: *mut GError) -> Refused {
    if error.is_null() {
        return Refused("no reason given".to_owned());
    }
    // SAFETY: a GError that is ours, with a message that ends in NUL; freed once, after the copy.
    unsafe {
        let text = CStr::from_ptr((*error).message).to_string_lossy().into_owned();
        (api.g_error_free)(error);
        Refused(text)
    }
}

/// The handler of the signal: `TRUE` when the ioctl was answered.
///
/// Panics end the process instead of unwinding into C, as `extern "C"` makes sure.
extern "C" fn on_ioctl(_base: Object, client: Object, handler: *mut c_void) -> c_int {
    // SAFETY: `handler` is the box that `attach` handed over, and lives as long as the object that
    // emits this; `client` lives through the call, and `arg` is borrowed from it.
    unsafe {
        let Handler { api, responder } = &*handler.cast::<Handler>();
        let request = (api.umockdev_ioctl_client_get_request)(client);
        // the number has 32 bits; what a caller's sign extension put above them means nothing
        let Some(mut answer) = responder((request & 0xFFFF_FFFF) as u32) else { return 0 };
        answer.bytes.truncate(answer.room);
        let arg = (api.umockdev_ioctl_client_get_arg)(client);
        let mut error: *mut GError = ptr::null_mut();
        let data = (api.umockdev_ioctl_data_resolve)(arg, 0, answer.room, &raw mut error);
        if data.is_null() {
            drop(refusal(api, error));
            return 0;
        }
        // `resolve` gave a buffer of `room` bytes, and no more than that is copied
        let length = c_int::try_from(answer.bytes.len()).unwrap_or(0);
        (api.umockdev_ioctl_data_update)(data, 0, answer.bytes.as_mut_ptr(), length);
        (api.umockdev_ioctl_data_unref)(data);
        (api.umockdev_ioctl_client_complete)(client, c_long::from(answer.result), 0);
        1
    }
}

/// Frees what `attach` handed over, when the object goes.
extern "C" fn forget(handler: *mut c_void, _closure: *mut c_void) {
    // SAFETY: called once, with the pointer that `Box::into_raw` gave.
    drop(unsafe { Box::from_raw(handler.cast::<Handler>()) });
}

/// A string without NUL bytes as C wants it; the rest of one that has some is left out.
pub(super) fn c_string(text: &str) -> CString {
    let text = text.split('\0').next().unwrap_or_default();
    CString::new(text).unwrap_or_default()
}
