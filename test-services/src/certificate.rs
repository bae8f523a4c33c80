//! An authority made for one test, and the certificate of its server.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};

/// An authority that nobody trusts but who is told to, and a certificate by it for `localhost` and
/// 127.0.0.1.
#[derive(Clone, Debug)]
pub struct Certificates {
    directory: PathBuf,
    authority: String,
}

impl Certificates {
    /// Makes the keys and writes what the server needs into the directory.
    pub(crate) fn write(directory: &Path) -> Self {
        let mut params = named("an authority for tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key is made");
        let authority =
            CertifiedIssuer::self_signed(params, key).expect("an authority signs itself");
        let mut params = named("a server for tests");
        params.subject_alt_names = vec![
            SanType::DnsName("localhost".try_into().expect("a name of a host")),
            SanType::IpAddress(Ipv4Addr::LOCALHOST.into()),
        ];
        let key = KeyPair::generate().expect("a key is made");
        let server = params.signed_by(&key, &authority).expect("the authority signs");
        for (file, content) in [
            ("authority.pem", authority.pem()),
            ("server.pem", server.pem()),
            ("server.key", key.serialize_pem()),
        ] {
            std::fs::write(directory.join(file), content).expect("a certificate is written");
        }
        Self { directory: directory.to_owned(), authority: authority.pem() }
    }

    /// The authority's certificate in PEM, which a client has to trust.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The file that holds [`Certificates::authority`].
    pub fn authority_file(&self) -> PathBuf {
        self.directory.join("authority.pem")
    }

    pub(crate) fn server_files(&self) -> [PathBuf; 2] {
        [self.directory.join("server.pem"), self.directory.join("server.key")]
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
