//! The USB bus of a world: a testbed in which a key's hidraw node comes and goes.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::umockdev::{Answer, Refused, Responder, Testbed, Waker, c_string};
use super::{Error, UsbKey};
use crate::device::HidDevice;
use crate::transport::hidraw::{Plugged, Port};
use crate::transport::usb::{MAKER, REPORTS};

/// The node that programs open.
pub(super) const NODE: &str = "/dev/hidraw0";

/// The devices in /sys, from the port to the node.
const PATHS: [&str; 4] = [
    "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1",
    "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0",
    "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/0003:1209:5AFE.0001",
    "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/0003:1209:5AFE.0001/hidraw/hidraw0",
];

type Job = Box<dyn FnOnce(&Testbed) + Send>;

/// The testbed on its thread.
pub(super) struct Bus {
    root: PathBuf,
    jobs: Option<Sender<Job>>,
    waker: Waker,
    thread: Option<JoinHandle<()>>,
}

impl Bus {
    /// Starts an empty bus, in a process that preloads what its program does (`preload`): the library
    /// reads the testbed's own /sys to send an event. The testbed lies in this process's `TMPDIR`.
    pub(super) fn start() -> Result<Self, Error> {
        let (ready, started) = channel();
        let (jobs, queue) = channel();
        let thread = thread::spawn(move || match Testbed::open() {
            Ok(testbed) => {
                // the starter waits for this
                let _sent = ready.send(Ok((testbed.root(), testbed.waker())));
                work(&testbed, &queue);
            }
            Err(error) => drop(ready.send(Err(error))),
        });
        let (root, waker) = started
            .recv()
            .map_err(io::Error::other)
            .map_err(Error::at("starting libumockdev"))?
            .map_err(|_missing| Error::Missing {
                what: "libumockdev.so.0",
                package: "libumockdev0",
            })?;
        Ok(Self { root, jobs: Some(jobs), waker, thread: Some(thread) })
    }

    /// What shows the bus to a program that has inherited the preloaded library.
    pub(super) fn variables(&self) -> Vec<(OsString, OsString)> {
        vec![("UMOCKDEV_DIR".into(), self.root.clone().into())]
    }

    /// Runs `call` on the thread of the testbed and gives what it gives.
    fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Testbed) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (give, take) = channel();
        if let Some(jobs) = &self.jobs {
            let job: Job = Box::new(move |testbed| drop(give.send(call(testbed))));
            jobs.send(job)
                .map_err(|_gone| io::Error::other("its thread has ended"))
                .map_err(Error::at("calling libumockdev"))?;
            self.waker.wake();
        }
        take.recv().map_err(io::Error::other).map_err(Error::at("calling libumockdev"))
    }

    /// The node, which leads to the PTY of the key. Not in the description: the library would make a
    /// PTY of its own for it, which it cannot make a second time.
    fn node(&self) -> PathBuf {
        self.root.join("dev/hidraw0")
    }

    /// Makes the key's devices, with `port` behind the node, and tells udev's listeners.
    fn connect(&self, product: &str, port: &Path) -> Result<(), Error> {
        let (description, name) = (c_string(&description(product)), product.to_owned());
        let (node, port) = (self.node(), port.to_path_buf());
        self.call(move |testbed| {
            testbed.add(&description).map_err(refused)?;
            symlink(port, &node).map_err(Error::at("making the hidraw node"))?;
            testbed.attach(&c_string(NODE), responder(name)).map_err(refused)?;
            for path in PATHS.map(c_string) {
                testbed.uevent(&path, c"add");
            }
            Ok(())
        })?
    }

    /// Takes the key's devices away, the node first, and tells udev's listeners.
    fn disconnect(&self) -> Result<(), Error> {
        let node = self.node();
        self.call(move |testbed| {
            fs::remove_file(&node).map_err(Error::at("removing the hidraw node"))?;
            testbed.detach(&c_string(NODE)).map_err(refused)?;
            for path in PATHS.map(c_string).iter().rev() {
                testbed.uevent(path, c"remove");
                testbed.remove(path);
            }
            Ok(())
        })?
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.jobs = None;
        self.waker.wake();
        if let Some(thread) = self.thread.take() {
            // a thread that panicked has said so
            let _ended = thread.join();
        }
    }
}

/// Handles ioctls and jobs until nobody can send a job any more.
fn work(testbed: &Testbed, queue: &Receiver<Job>) {
    use std::sync::mpsc::TryRecvError;
    loop {
        match queue.try_recv() {
            Ok(job) => job(testbed),
            Err(TryRecvError::Empty) => testbed.iterate(),
            Err(TryRecvError::Disconnected) => return,
        }
    }
}

fn refused(refused: Refused) -> Error {
    Error::at("simulating a USB device")(io::Error::other(refused))
}

/// A key and the place where it is plugged in.
pub(super) struct Socket {
    bus: Bus,
    product: String,
    key: State,
    origin: Instant,
}

enum State {
    In(Plugged),
    Out(Box<dyn HidDevice>),
    /// An earlier failure lost the key.
    Lost,
}

impl Socket {
    pub(super) fn new(bus: Bus, key: UsbKey) -> Self {
        let UsbKey { device, product } = key;
        Self { bus, product, key: State::Out(device), origin: Instant::now() }
    }

    pub(super) fn variables(&self) -> Vec<(OsString, OsString)> {
        self.bus.variables()
    }

    pub(super) fn is_present(&self) -> bool {
        matches!(&self.key, State::In(plugged) if !plugged.is_over())
    }

    /// Plugs the key in; returns when the node is there and udev's listeners were told.
    pub(super) fn insert(&mut self) -> Result<(), Error> {
        match std::mem::replace(&mut self.key, State::Lost) {
            State::Out(device) => {
                let port = Port::open().map_err(Error::at("opening a PTY for the key"))?;
                let path = port.path().to_path_buf();
                let plugged =
                    port.plug(device, self.origin).map_err(Error::at("starting the key"))?;
                self.key = State::In(plugged);
                self.bus.connect(&self.product, &path)
            }
            State::In(plugged) => {
                let over = plugged.is_over();
                self.key = State::In(plugged);
                // what stopped the key is told first; the next insertion finds it outside
                if over { self.remove() } else { Ok(()) }
            }
            State::Lost => Err(Error::Lost),
        }
    }

    /// Pulls the key out; returns when the node is gone and udev's listeners were told.
    pub(super) fn remove(&mut self) -> Result<(), Error> {
        match std::mem::replace(&mut self.key, State::Lost) {
            State::In(plugged) => {
                let disconnected = self.bus.disconnect();
                let (device, served) = plugged.pull();
                self.key = State::Out(device);
                served.map_err(Error::at("serving the key"))?;
                disconnected
            }
            State::Out(device) => {
                self.key = State::Out(device);
                Ok(())
            }
            State::Lost => Err(Error::Lost),
        }
    }
}

/// Answers what HID programs ask: the report descriptor, the ids, the name.
fn responder(name: String) -> Responder {
    Box::new(move |request| {
        let size = u32::try_from(REPORTS.len()).unwrap_or(0).to_le_bytes();
        let answer = |bytes: Vec<u8>, room, result| Some(Answer { bytes, room, result });
        match request {
            // HIDIOCGRDESCSIZE, HIDIOCGRDESC, HIDIOCGRAWINFO (bus 3 is USB)
            0x8004_4801 => answer(size.to_vec(), 4, 0),
            0x9004_4802 => answer([&size[..], &REPORTS].concat(), 4 + 4096, 0),
            0x8008_4803 => answer(vec![3, 0, 0, 0, 0x09, 0x12, 0xFE, 0x5A], 8, 0),
            // HIDIOCGRAWNAME(length), which returns the length of the name
            _ if request & 0xFFFF == 0x4804 => {
                let room = usize::try_from(request >> 16 & 0x3FFF).unwrap_or(0);
                let mut bytes: Vec<u8> = name.bytes().chain([0]).collect();
                bytes.truncate(room);
                let result = i32::try_from(bytes.len()).unwrap_or(0);
                answer(bytes, room, result)
            }
            _ => None,
        }
    })
}

/// A USB device, its interface, its HID device and the hidraw node, in umockdev's format.
fn description(product: &str) -> String {
    // a line ends the value, and a backslash begins an escape
    let product: String = product.chars().filter(|c| !c.is_control() && *c != '\\').collect();
    let reports = hex::encode_upper(REPORTS);
    let [usb, interface, hid, raw] = PATHS.map(|path| path.trim_start_matches("/sys"));
    format!(
        "P: {usb}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n\
         E: DEVNAME=/dev/bus/usb/001/002\nA: idVendor=1209\\n\nA: idProduct=5afe\\n\n\
         A: bcdDevice=0100\\n\nA: manufacturer={MAKER}\\n\nA: product={product}\\n\n\n\
         P: {interface}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nA: bInterfaceNumber=00\\n\n\n\
         P: {hid}\nE: SUBSYSTEM=hid\nE: DRIVER=hid-generic\nE: HID_ID=0003:00001209:00005AFE\n\
         E: HID_NAME={product}\nE: HID_PHYS=usb-1/input0\nE: HID_UNIQ=\n\
         E: MODALIAS=hid:b0003g0001v00001209p00005AFE\nH: report_descriptor={reports}\n\n\
         P: {raw}\nE: SUBSYSTEM=hidraw\nE: DEVNAME={NODE}\nE: MAJOR=245\nE: MINOR=0\n\
         A: dev=245:0\\n\nL: device=../../../0003:1209:5AFE.0001\n"
    )
}
