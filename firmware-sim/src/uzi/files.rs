//! The file system of the card: folders, files, selection and reading. Spec: ISO 7816-4.

use wire::apdu::Status;

/// The identifier of the master file.
pub(super) const MASTER: u16 = 0x3F00;

/// What a file holds.
pub(super) enum Content {
    /// Bytes that everybody may read.
    Bytes(Vec<u8>),
    /// A private key of this many bits, which nobody may read.
    Key { bits: u16 },
}

/// A file.
pub(super) struct File {
    /// The folder it is in.
    pub(super) folder: u16,
    pub(super) id: u16,
    pub(super) content: Content,
}

/// The master file, one application under it, and their files.
pub(super) struct Tree {
    application: Application,
    files: Vec<File>,
}

/// A folder that has a name.
pub(super) struct Application {
    pub(super) name: &'static [u8],
    pub(super) id: u16,
}

/// What is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selection {
    folder: u16,
    /// The file in it, by its place in the tree.
    file: Option<usize>,
}

impl Selection {
    /// After a reset.
    pub(super) const START: Self = Self { folder: MASTER, file: None };
}

impl Tree {
    pub(super) fn new(application: Application, files: Vec<File>) -> Self {
        Self { application, files }
    }

    /// The application of this name.
    pub(super) fn by_name(&self, name: &[u8]) -> Option<Selection> {
        (name == self.application.name)
            .then_some(Selection { folder: self.application.id, file: None })
    }

    /// The file or folder with this identifier, seen from the current folder.
    pub(super) fn by_id(&self, from: Selection, id: u16) -> Option<Selection> {
        if id == MASTER {
            return Some(Selection::START);
        }
        if id == from.folder {
            return Some(Selection { file: None, ..from });
        }
        self.child(from.folder, id)
    }

    /// The file or folder at the end of a path of identifiers that begins in `from`.
    pub(super) fn by_path(&self, from: Selection, path: &[u8]) -> Option<Selection> {
        let (ids, odd) = path.as_chunks::<2>();
        if ids.is_empty() || !odd.is_empty() {
            return None;
        }
        ids.iter().try_fold(Selection { file: None, ..from }, |at, id| match at.file {
            None => self.child(at.folder, u16::from_be_bytes(*id)),
            Some(_) => None,
        })
    }

    fn child(&self, folder: u16, id: u16) -> Option<Selection> {
        if folder == MASTER && id == self.application.id {
            return Some(Selection { folder: id, file: None });
        }
        let file = self.files.iter().position(|file| (file.folder, file.id) == (folder, id))?;
        Some(Selection { folder, file: Some(file) })
    }

    /// The file control information of what is selected.
    pub(super) fn describe(&self, selection: Selection) -> Vec<u8> {
        let mut inner = Vec::new();
        let id = match self.file(selection) {
            None => {
                inner.extend([0x82, 1, FOLDER]);
                selection.folder
            }
            Some(file) => {
                let (size, kind) = match &file.content {
                    Content::Bytes(bytes) => {
                        (u16::try_from(bytes.len()).unwrap_or(u16::MAX), PLAIN)
                    }
                    Content::Key { bits } => (*bits, KEY),
                };
                inner.extend([0x80, 2]);
                inner.extend(size.to_be_bytes());
                inner.extend([0x82, 1, kind]);
                file.id
            }
        };
        inner.extend([0x83, 2]);
        inner.extend(id.to_be_bytes());
        inner.extend([0x8A, 1, ACTIVATED]);
        let length = u8::try_from(inner.len()).expect("at most fourteen bytes were pushed");
        [vec![0x6F, length], inner].concat()
    }

    /// Up to `wanted` bytes of the selected file from `offset` on.
    pub(super) fn read(
        &self,
        selection: Selection,
        offset: usize,
        wanted: usize,
    ) -> Result<&[u8], Status> {
        let file = self.file(selection).ok_or(Status::NOT_ALLOWED)?;
        let Content::Bytes(bytes) = &file.content else { return Err(UNREADABLE) };
        match bytes.get(offset..) {
            None | Some([]) => Err(Status::WRONG_OFFSET),
            Some(rest) => Ok(rest.get(..wanted).unwrap_or(rest)),
        }
    }

    fn file(&self, selection: Selection) -> Option<&File> {
        self.files.get(selection.file?)
    }
}

// File descriptor bytes.
const FOLDER: u8 = 0x38;
const PLAIN: u8 = 0x01;
const KEY: u8 = 0x11;
/// Life cycle status.
const ACTIVATED: u8 = 0x05;
/// The command does not fit the structure of the file.
const UNREADABLE: Status = Status(0x6981);

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let application = Application { name: b"name", id: 0x5015 };
        let file = |folder, id, content| File { folder, id, content };
        let files = vec![
            file(MASTER, 0x2F00, Content::Bytes(vec![7; 0x1B])),
            file(0x5015, 0x5031, Content::Bytes(vec![1, 2, 3])),
            file(0x5015, 0x4B01, Content::Key { bits: 2048 }),
        ];
        Tree::new(application, files)
    }

    fn check(path: &str, description: &str) {
        let found = tree().by_path(Selection::START, &hex::decode(path).unwrap());
        let description = (!description.is_empty()).then(|| description.to_owned());
        assert_eq!(found.map(|at| hex::encode_upper(tree().describe(at))), description, "{path}");
    }

    #[test]
    fn a_path_leads_from_the_master_file() {
        check("2F00", "6F0E8002001B82010183022F008A0105");
        check("5015", "6F0A820138830250158A0105");
        check("50155031", "6F0E8002000382010183025031 8A0105".replace(' ', "").as_str());
        check("50154B01", "6F0E8002080082011183024B018A0105");
        for unknown in ["", "50", "5031", "5015503100", "50152F00", "2F005015"] {
            check(unknown, "");
        }
    }

    #[test]
    fn an_identifier_is_sought_in_the_current_folder() {
        let tree = tree();
        let application = tree.by_name(b"name").unwrap();
        assert_eq!(tree.by_id(Selection::START, 0x5015), Some(application));
        assert_eq!(tree.by_id(Selection::START, 0x5031), None);
        let odf = tree.by_id(application, 0x5031).unwrap();
        assert_eq!(tree.by_id(odf, 0x5015), Some(application));
        assert_eq!(tree.by_id(odf, MASTER), Some(Selection::START));
        assert_eq!(tree.by_id(odf, 0x2F00), None);
        assert_eq!(tree.by_name(b"nam"), None);
    }

    #[test]
    fn only_bytes_can_be_read_and_only_up_to_their_end() {
        let tree = tree();
        let at = |id| tree.by_id(tree.by_name(b"name").unwrap(), id).unwrap();
        assert_eq!(tree.read(at(0x5031), 1, 256), Ok(&[2, 3][..]));
        assert_eq!(tree.read(at(0x5031), 0, 2), Ok(&[1, 2][..]));
        assert_eq!(tree.read(at(0x5031), 3, 1), Err(Status::WRONG_OFFSET));
        assert_eq!(tree.read(at(0x4B01), 0, 1), Err(UNREADABLE));
        assert_eq!(tree.read(Selection::START, 0, 1), Err(Status::NOT_ALLOWED));
    }
}
