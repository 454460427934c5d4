//! Recorders that people have added on the set-up page or in a terminal: a file in the data folder that only
//! its owner can read, with the same keys as the settings file.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::config::address::CameraAddress;
use crate::config::{
    HikvisionConfig, OneOrMore, OnvifConfig, Password, RecorderConfig, RecorderKind, RtpTransport,
    RtspConfig,
};
use crate::identity::disk;
use crate::limits::{MAX_ADDED_BYTES, MAX_RECORDERS, STATUS_POLL};
use crate::recorder;

const ADDED_FILE: &str = "recorders.toml";
const HEAD: &str = "# Recorders that were added on the set-up page or with `peerview agent setup`, which write this file.\n\n";

/// One recorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedRecorder {
    /// Name of its folder. It stays if the address changes.
    pub id: String,
    /// Which driver it needs.
    pub kind: RecorderKind,
    /// Display name; the address if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address as typed, without a login.
    pub address: String,
    /// A user of the recorder; empty for none.
    #[serde(default)]
    pub user: String,
    /// Password of `user`.
    #[serde(serialize_with = "revealed")]
    pub password: Password,
}

/// Only this file may contain it.
fn revealed<S: Serializer>(password: &Password, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(password.reveal())
}

/// The whole file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddedFile {
    #[serde(default)]
    recorders: Vec<AddedRecorder>,
}

impl AddedRecorder {
    /// The settings that the agent serves it with.
    ///
    /// # Errors
    /// The address is not that of a recorder, or contains a login.
    pub fn config(&self) -> Result<RecorderConfig> {
        let (id, name) = (Some(self.id.clone()), self.name.clone());
        let (user, password) = (self.user.clone(), self.password.clone());
        let (address, poll_seconds) = (self.address.clone(), STATUS_POLL.as_secs());
        let transport = RtpTransport::default();
        let config = match self.kind {
            RecorderKind::Hikvision => RecorderConfig::Hikvision(HikvisionConfig {
                id,
                name,
                address,
                user,
                password,
                rtsp_port: None,
                poll_seconds,
                transport,
                allow_basic: false,
                sessions: None,
            }),
            RecorderKind::Onvif => RecorderConfig::Onvif(OnvifConfig {
                id,
                name,
                address,
                user,
                password,
                rtsp_port: None,
                poll_seconds,
                transport,
                allow_basic: false,
                sessions: None,
            }),
            RecorderKind::Rtsp => {
                let address = CameraAddress::parse(&self.address)?;
                ensure!(
                    address.login.is_none(),
                    "user name and password do not belong into the address"
                );
                let has_login = !self.user.is_empty();
                RecorderConfig::Rtsp(RtspConfig {
                    id,
                    name,
                    url: OneOrMore(vec![address]),
                    user: has_login.then_some(user),
                    password: has_login.then_some(password),
                    cameras: Vec::new(),
                    transport,
                    allow_basic: false,
                    sessions: None,
                })
            }
        };
        recorder::place(&config)?;
        Ok(config)
    }

    /// The same recorder with the id that its address gives it. The path of a camera may contain its own login
    /// making, so only its hash is used.
    ///
    /// # Errors
    /// As [`AddedRecorder::config`].
    pub fn with_id_of_address(mut self) -> Result<AddedRecorder> {
        let place = recorder::place(&self.config()?)?;
        self.id = as_folder(&place);
        if self.kind == RecorderKind::Rtsp {
            let hash = Sha256::digest(self.address.as_bytes());
            let short = data_encoding::HEXLOWER.encode(&hash[..4]);
            // Together no longer than a folder's name.
            self.id.truncate(MAX_FOLDER_CHARS - 1 - short.len());
            self.id = format!("{}-{short}", self.id);
        }
        Ok(self)
    }

    /// The name that people see.
    pub fn shown_name(&self) -> String {
        let place = || self.config().and_then(|config| recorder::place(&config));
        let named = self.name.clone().ok_or(());
        named.or_else(|()| place()).unwrap_or_default()
    }
}

/// Reads the file; none is an empty one.
///
/// # Errors
/// It cannot be read or is damaged. It is not taken for nothing, because the next write would then lose recorders.
pub fn read(data_dir: &Path) -> Result<Vec<AddedRecorder>> {
    let path = path(data_dir);
    let reading = || format!("reading {}", path.display());
    disk::make_file_private(&path).with_context(|| format!("making {} private", path.display()))?;
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(reading),
    };
    let mut text = Zeroizing::new(String::new());
    let mut start = file.take(MAX_ADDED_BYTES);
    start.read_to_string(&mut text).with_context(reading)?;
    let parsed: Result<AddedFile, _> = toml::from_str(&text);
    match parsed {
        Ok(file) => Ok(file.recorders),
        // The parser's own words quote the line, which may hold a password.
        Err(_) => bail!(
            "{} is damaged; repair it, or remove it and add the recorders again",
            path.display()
        ),
    }
}

/// Adds a recorder, or replaces the one with its id.
///
/// # Errors
/// There are too many, or the file cannot be read or written.
pub fn put(data_dir: &Path, recorder: &AddedRecorder) -> Result<()> {
    let mut recorders = read(data_dir)?;
    match recorders.iter_mut().find(|known| known.id == recorder.id) {
        Some(known) => known.clone_from(recorder),
        None => recorders.push(recorder.clone()),
    }
    ensure!(
        recorders.len() <= MAX_RECORDERS,
        "one agent serves at most {MAX_RECORDERS} recorders"
    );
    write(data_dir, recorders)
}

/// Removes a recorder from the file. Its key and serial number stay in its folder.
///
/// # Errors
/// The file cannot be read or written.
pub fn remove(data_dir: &Path, id: &str) -> Result<()> {
    let mut recorders = read(data_dir)?;
    recorders.retain(|known| known.id != id);
    write(data_dir, recorders)
}

fn write(data_dir: &Path, recorders: Vec<AddedRecorder>) -> Result<()> {
    let path = path(data_dir);
    let writing = || format!("writing {}", path.display());
    let text = toml::to_string(&AddedFile { recorders }).with_context(writing)?;
    let text = Zeroizing::new(format!("{HEAD}{}", *Zeroizing::new(text)));
    disk::write_privately(&path, text.as_bytes()).with_context(writing)
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(ADDED_FILE)
}

/// Maximum length of a folder name that is derived from an address or an `id`.
const MAX_FOLDER_CHARS: usize = 64;

/// Characters that have a meaning in paths become dashes.
pub(crate) fn as_folder(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(MAX_FOLDER_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct DataFolder(PathBuf);

    impl DataFolder {
        fn new() -> DataFolder {
            let name = format!("agent-added-{:x}", rand::random::<u64>());
            let path = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&path).expect("a folder");
            DataFolder(path)
        }
    }

    impl Drop for DataFolder {
        fn drop(&mut self) {
            let _may_be_gone_already = std::fs::remove_dir_all(&self.0);
        }
    }

    fn recorder(address: &str, kind: RecorderKind) -> AddedRecorder {
        let recorder = AddedRecorder {
            id: String::new(),
            kind,
            name: Some("Shop \"1\"".to_owned()),
            address: address.to_owned(),
            user: "viewer".to_owned(),
            password: Password::new("s3cret \"#'\\ word"),
        };
        recorder.with_id_of_address().expect("a right address")
    }

    #[test]
    fn added_recorders_are_kept_in_a_private_file() {
        use std::os::unix::fs::PermissionsExt;
        let data = DataFolder::new();
        let shop = recorder("192.0.2.1", RecorderKind::Hikvision);
        let gate = recorder("rtsp://192.0.2.2/user=x_1", RecorderKind::Rtsp);

        put(&data.0, &shop).expect("a folder");
        put(&data.0, &gate).expect("a folder");
        let renamed = AddedRecorder {
            name: Some("Store".to_owned()),
            ..shop.clone()
        };
        put(&data.0, &renamed).expect("a folder");

        let file = data.0.join(ADDED_FILE);
        let mode = file.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(read(&data.0).expect("a file"), [renamed, gate.clone()]);
        remove(&data.0, &shop.id).expect("a file");
        assert_eq!(read(&data.0).expect("a file"), [gate]);
    }

    #[test]
    fn an_id_is_a_folder_name_without_the_path() {
        assert_eq!(
            recorder("192.0.2.1:8000", RecorderKind::Onvif).id,
            "192-0-2-1-8000"
        );
        let (one, other) = (
            recorder("rtsp://192.0.2.2/password=secret", RecorderKind::Rtsp).id,
            recorder("rtsp://192.0.2.2/other", RecorderKind::Rtsp).id,
        );
        assert!(one.starts_with("192-0-2-2-") && one != other, "{one}");
        assert!(!one.contains("secret"));
    }

    #[test]
    fn addresses_with_a_login_are_not_added() {
        for (address, kind) in [
            ("rtsp://a:secret@192.0.2.2/1", RecorderKind::Rtsp),
            ("http://a:secret@192.0.2.2/", RecorderKind::Hikvision),
        ] {
            let recorder = AddedRecorder {
                id: "x".to_owned(),
                kind,
                name: None,
                address: address.to_owned(),
                user: String::new(),
                password: Password::new(""),
            };
            let error = recorder.config().expect_err(address);
            assert!(!format!("{error:#}").contains("secret"), "{error:#}");
        }
    }

    #[test]
    fn a_damaged_file_is_reported_without_its_contents() {
        let data = DataFolder::new();
        let text = "[[recorders]]\nid = \"x\"\npassword = \"s3cret";
        std::fs::write(data.0.join(ADDED_FILE), text).expect("a folder");

        let error = format!("{:#}", read(&data.0).expect_err("it is damaged"));

        assert!(error.contains(ADDED_FILE), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}
