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
    access: Access,
}

/// Whether a file's control information says who may do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Untold,
    /// In eight bytes: one that says that seven follow, and one for each operation.
    Told,
}

/// Which template the control information comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    Control = 0x6F,
    Parameters = 0x62,
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
    pub(super) fn new(application: Application, files: Vec<File>, access: Access) -> Self {
        Self { application, files, access }
    }

    /// Puts other bytes into a file of the application.
    pub(super) fn rewrite(&mut self, id: u16, bytes: Vec<u8>) {
        let place = (self.application.id, id);
        let file = self.files.iter_mut().find(|file| (file.folder, file.id) == place);
        if let Some(file) = file {
            file.content = Content::Bytes(bytes);
        }
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

    /// The folder with this identifier in the current one.
    pub(super) fn folder(&self, from: Selection, id: u16) -> Option<Selection> {
        self.child(from.folder, id).filter(|found| found.file.is_none())
    }

    /// The file with this identifier in the current folder.
    pub(super) fn file_in(&self, from: Selection, id: u16) -> Option<Selection> {
        self.child(from.folder, id).filter(|found| found.file.is_some())
    }

    /// The file with this short identifier in the current folder: those of ISO 7816-4 for EF.DIR
    /// and of PKCS#15 for the lists that every card has.
    pub(super) fn by_short_id(&self, from: Selection, short: u8) -> Option<Selection> {
        let (_, id) = SHORT_IDS.iter().find(|(known, _)| *known == short)?;
        self.file_in(from, *id)
    }

    /// The folder above the current one; the master file is above itself.
    pub(super) fn above(&self) -> Selection {
        Selection::START
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
    pub(super) fn describe(&self, selection: Selection, template: Template) -> Vec<u8> {
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
        match self.access {
            Access::Untold => {}
            Access::Told if self.readable(selection) => inner.extend(READ_BY_ALL),
            Access::Told => inner.extend(DONE_BY_NOBODY),
        }
        inner.extend([0x8A, 1, ACTIVATED]);
        let length = u8::try_from(inner.len()).expect("at most 24 bytes were pushed");
        [vec![template as u8, length], inner].concat()
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

    fn readable(&self, selection: Selection) -> bool {
        self.file(selection).is_some_and(|file| matches!(file.content, Content::Bytes(_)))
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
/// Security attributes in the proprietary form: 00 is always, FF never; reading is the last.
const READ_BY_ALL: [u8; 10] = [0x86, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00];
const DONE_BY_NOBODY: [u8; 10] = [0x86, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
/// Short identifiers: EF.DIR, ODF, TokenInfo.
const SHORT_IDS: [(u8, u16); 3] = [(0x1E, 0x2F00), (0x11, 0x5031), (0x12, 0x5032)];
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
        Tree::new(application, files, Access::Untold)
    }

    fn check(path: &str, description: &str) {
        let found = tree().by_path(Selection::START, &hex::decode(path).unwrap());
        let description = (!description.is_empty()).then(|| description.to_owned());
        assert_eq!(
            found.map(|at| hex::encode_upper(tree().describe(at, Template::Control))),
            description,
            "{path}"
        );
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
    fn a_short_identifier_is_sought_in_the_current_folder() {
        let tree = tree();
        let application = tree.by_name(b"name").unwrap();
        assert_eq!(tree.by_short_id(Selection::START, 0x1E), tree.by_id(Selection::START, 0x2F00));
        assert_eq!(tree.by_short_id(application, 0x11), tree.by_id(application, 0x5031));
        assert_eq!(tree.by_short_id(application, 0x12), None, "this tree has no TokenInfo");
        assert_eq!(tree.by_short_id(application, 0x1E), None);
        assert_eq!(tree.by_short_id(Selection::START, 0x11), None);
    }

    #[test]
    fn folders_and_files_are_sought_apart() {
        let tree = tree();
        let application = tree.by_name(b"name").unwrap();
        assert_eq!(tree.folder(Selection::START, 0x5015), Some(application));
        assert_eq!(tree.folder(Selection::START, 0x2F00), None);
        assert_eq!(tree.file_in(Selection::START, 0x5015), None);
        assert_eq!(tree.file_in(application, 0x5031), tree.by_id(application, 0x5031));
        assert_eq!(tree.file_in(application, 0x2F00), None);
    }

    #[test]
    fn security_attributes_let_all_read_what_is_no_key() {
        let tree = Tree { access: Access::Told, ..tree() };
        let shown = |path: &str| {
            let found = tree.by_path(Selection::START, &hex::decode(path).unwrap()).unwrap();
            hex::encode_upper(tree.describe(found, Template::Parameters))
        };
        let never = "8608FFFFFFFFFFFFFFFF8A0105";
        assert_eq!(
            shown("50155031"),
            "62188002000382010183025031 8608FFFFFFFFFFFFFF008A0105".replace(' ', "")
        );
        assert_eq!(shown("5015"), format!("6214820138830250 15{never}").replace(' ', ""));
        assert_eq!(
            shown("50154B01"),
            format!("621880020800 82011183024B01{never}").replace(' ', "")
        );
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
