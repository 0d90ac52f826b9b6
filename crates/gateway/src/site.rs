//! The site's keys: that of its authority, that of the server, that with which orders are signed, and that of sessions' tickets. Made
//! once, each in a file that only its owner may read.

use std::io::Write;
use std::path::{Path, PathBuf};

use model::Time;
use rcgen::KeyPair;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use wire::{OrderKey, OrderSigner};

use crate::certificates::{Authority, CertificateError};
use crate::tickets::TicketSecret;

const AUTHORITY_KEY: &str = "authority.key.pem";
const AUTHORITY_CERTIFICATE: &str = "authority.pem";
const SERVER_KEY: &str = "server.key.pem";
const ORDERS_KEY: &str = "orders.key";
const TICKETS_KEY: &str = "tickets.key";

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file.
    #[error("{}: {cause}", .file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Others may read it.
    #[error("{} can be read by others (mode {mode:03o}); make it 0600 with chmod, and make new keys if anybody may have", .file.display())]
    Open {
        /// Which.
        file: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A file that does not hold what it should.
    #[error("{} does not hold {what}", .file.display())]
    Other {
        /// Which.
        file: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// A part is missing that cannot be made again without enrolling every host anew.
    #[error("{} is missing while the authority's key is there: put it back from a backup", .file.display())]
    Missing {
        /// Which.
        file: PathBuf,
    },
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// The site's keys.
pub struct SiteKeys {
    pub(crate) authority: Authority,
    pub(crate) orders: OrderSigner,
    pub(crate) tickets: TicketSecret,
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) server_key: PrivateKeyDer<'static>,
}

impl SiteKeys {
    /// Reads the keys of `folder`, and makes them when there are none yet. The server is known to hosts by `names`: host names and
    /// addresses.
    ///
    /// # Errors
    /// A file cannot be read or written, or others may read it.
    pub fn open(folder: &Path, names: &[String], now: Time) -> Result<SiteKeys, KeysError> {
        make_folder(folder)?;
        let (key_file, certificate_file) = (folder.join(AUTHORITY_KEY), folder.join(AUTHORITY_CERTIFICATE));
        if !key_file.exists() {
            let key = new_key()?;
            let certificate = Authority::new_certificate(&key, rand::random(), now)?;
            // The certificate first: a key without its certificate would be a site that nobody knows.
            write_new(&certificate_file, certificate.as_bytes(), true)?;
            write_new(&key_file, key.serialize_pem().as_bytes(), false)?;
        }
        if !certificate_file.exists() {
            return Err(KeysError::Missing { file: certificate_file });
        }
        let certificate = read(&certificate_file)?;
        let authority = Authority::new(read_key(&key_file)?, certificate)?;
        let server_file = folder.join(SERVER_KEY);
        if !server_file.exists() {
            write_new(&server_file, new_key()?.serialize_pem().as_bytes(), false)?;
        }
        let server = read_key(&server_file)?;
        let own = authority.server(&server, names, rand::random(), now)?;
        let chain = vec![own, authority.der().clone()];
        let server_key = PrivateKeyDer::Pkcs8(server.serialize_der().into());
        let orders = OrderSigner::from_seed(&secret(&folder.join(ORDERS_KEY))?);
        let tickets = TicketSecret::new(&secret(&folder.join(TICKETS_KEY))?);
        Ok(SiteKeys { authority, orders, tickets, chain, server_key })
    }

    /// The site's authority.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The key that orders are signed with, as hosts know it.
    pub fn orders_key(&self) -> OrderKey {
        self.orders.key()
    }
}

fn new_key() -> Result<KeyPair, KeysError> {
    Ok(KeyPair::generate().map_err(CertificateError::Make)?)
}

/// Thirty-two secret bytes, made when there are none yet.
fn secret(file: &Path) -> Result<[u8; 32], KeysError> {
    if !file.exists() {
        let secret: [u8; 32] = rand::random();
        write_new(file, hex::encode(secret).as_bytes(), false)?;
    }
    private(file)?;
    let mut secret = [0; 32];
    hex::decode_to_slice(read(file)?.trim(), &mut secret)
        .map_err(|_| KeysError::Other { file: file.to_owned(), what: "64 hexadecimal digits" })?;
    Ok(secret)
}

fn read_key(file: &Path) -> Result<KeyPair, KeysError> {
    private(file)?;
    let other = |_| KeysError::Other { file: file.to_owned(), what: "a private key as PEM" };
    KeyPair::from_pem(&read(file)?).map_err(other)
}

fn read(file: &Path) -> Result<String, KeysError> {
    std::fs::read_to_string(file).map_err(|cause| KeysError::File { file: file.to_owned(), cause })
}

fn make_folder(folder: &Path) -> Result<(), KeysError> {
    let failed = |cause| KeysError::File { file: folder.to_owned(), cause };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)
}

/// Writes a file that is not there yet: whole, or not at all. When another process was faster, its file counts.
fn write_new(file: &Path, bytes: &[u8], others_may_read: bool) -> Result<(), KeysError> {
    let failed = |cause| KeysError::File { file: file.to_owned(), cause };
    let unique: [u8; 8] = rand::random();
    let beside = file.with_extension(format!("new-{}", hex::encode(unique)));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if others_may_read { 0o644 } else { 0o600 });
    let mut to = options.open(&beside).map_err(failed)?;
    let written = to.write_all(bytes).and_then(|()| to.sync_all());
    drop(to);
    let linked = written.and_then(|()| std::fs::hard_link(&beside, file));
    let _gone = std::fs::remove_file(&beside);
    match linked {
        Ok(()) => Ok(()),
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(cause) => Err(failed(cause)),
    }
}

#[cfg(unix)]
fn private(file: &Path) -> Result<(), KeysError> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |cause| KeysError::File { file: file.to_owned(), cause };
    let mode = std::fs::metadata(file).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeysError::Open { file: file.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), KeysError> {
    Ok(())
}
