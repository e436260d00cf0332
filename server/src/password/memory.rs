//! The memory that one password is hashed in, in large pages where the system has them.
//!
//! A hash goes through its 19 MiB in an order that nobody foresees, so a processor looks up a page at
//! nearly each step; of large ones it remembers where they all are (`docs/adr/0056-large-pages-for-passwords.md`).

use aligned_vec::{AVec, ConstAlign};
use argon2::Block;

/// Bytes of a large page.
const LARGE: usize = 2 << 20;

/// What lies on a desk, whole large pages of it. It is used again and never given back: an allocator
/// keeps what each of many threads freed, and its memory grows far past the bound.
#[derive(Debug)]
pub(super) struct Memory(AVec<Block, ConstAlign<LARGE>>);

impl Default for Memory {
    fn default() -> Self {
        Self(AVec::new(LARGE))
    }
}

impl Memory {
    /// So many blocks or more, with whatever the last hash left in them.
    pub(super) fn of(&mut self, count: usize) -> &mut [Block] {
        if self.0.len() < count {
            // What there was goes first: there is never more than the larger of the two.
            self.0 = AVec::new(LARGE);
            self.0 = reserved((count * size_of::<Block>()).next_multiple_of(LARGE));
            self.0.resize(count, Block::new());
        }
        &mut self.0
    }

    /// Leaves nothing of the last hash.
    pub(super) fn wipe(&mut self) {
        self.0.fill(Block::new());
    }
}

/// So many bytes, not touched yet, which the system is asked to map in large pages.
fn reserved(bytes: usize) -> AVec<Block, ConstAlign<LARGE>> {
    let mut blocks = AVec::with_capacity(LARGE, bytes / size_of::<Block>());
    ask_for_large_pages(&mut blocks);
    blocks
}

#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "the one call of the server that no library wraps safely (ADR 0056)"
)]
fn ask_for_large_pages(reserved: &mut AVec<Block, ConstAlign<LARGE>>) {
    use rustix::mm::{Advice, madvise};
    let room = reserved.capacity() * size_of::<Block>();
    // SAFETY: it begins at a page and is what the vector reserved, no more, and this advice changes
    // nothing of what is in memory, only by how large pages it is found.
    let asked = unsafe { madvise(reserved.as_mut_ptr().cast(), room, Advice::LinuxHugepage) };
    if let Err(error) = asked {
        tracing::debug!(%error, "passwords are hashed in pages of the usual size");
    }
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages(_: &mut AVec<Block, ConstAlign<LARGE>>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_grows_to_what_is_asked_and_is_kept() {
        let mut memory = Memory::default();
        assert_eq!(memory.of(8).len(), 8);
        let larger = memory.of(4096);
        assert_eq!(larger.len(), 4096);
        let place = larger.as_ptr();
        assert_eq!(memory.of(64).as_ptr(), place, "a smaller hash lies in the same memory");
        memory.of(64).iter_mut().for_each(|block| block.as_mut().fill(7));
        memory.wipe();
        assert!(memory.of(64).iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    }

    /// What Linux says of a mapping: `hg` where large pages were asked for.
    #[cfg(target_os = "linux")]
    #[test]
    fn large_pages_are_asked_for_where_the_system_has_them() {
        let mut memory = Memory::default();
        let blocks = memory.of(19 * 1024);
        let middle = blocks.get(blocks.len() / 2).unwrap() as *const Block as usize;
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut within = false;
        let mut flags = "";
        for line in maps.lines() {
            let range = line.split(' ').next().and_then(|range| range.split_once('-'));
            let range = range.and_then(|(from, to)| {
                Some(usize::from_str_radix(from, 16).ok()?..usize::from_str_radix(to, 16).ok()?)
            });
            within = range.map_or(within, |range| range.contains(&middle));
            if let (true, Some(found)) = (within, line.strip_prefix("VmFlags: ")) {
                flags = found;
            }
        }
        let has = std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists();
        assert_eq!(flags.split(' ').any(|flag| flag == "hg"), has, "{flags}");
    }
}
