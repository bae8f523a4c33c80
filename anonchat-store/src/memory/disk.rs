//! Replacing a file so that at any instant there is the old one or the new one, whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The steps, in this order. Each is done for good when it returns.
pub(super) trait Disk: Send + Sync {
    /// Takes away what a crash may have left under this name.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Writes a new file that nobody else may read.
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Puts one file in the place of another, in one step.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Makes sure that a folder remembers which files are in it.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// The disk of this machine.
pub(super) struct ThisDisk;

impl Disk for ThisDisk {
    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Elsewhere a folder cannot be opened, and a rename is for good by itself.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }
}

/// Replaces the file at `path`, by way of `temporary` in the same folder.
pub(super) fn replace(
    disk: &dyn Disk,
    path: &Path,
    temporary: &Path,
    bytes: &[u8],
) -> io::Result<()> {
    disk.remove(temporary)?;
    disk.write_new(temporary, bytes)?;
    disk.rename(temporary, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    disk.sync_folder(folder.unwrap_or(Path::new(".")))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// The power goes off in one of the steps, half-way where that is possible.
    struct Failing {
        left: AtomicUsize,
    }

    impl Failing {
        fn step(&self) -> io::Result<()> {
            let left = self.left.fetch_sub(1, Ordering::Relaxed);
            if left == 0 { Err(io::Error::other("the power is off")) } else { Ok(()) }
        }
    }

    impl Disk for Failing {
        fn remove(&self, path: &Path) -> io::Result<()> {
            self.step()?;
            ThisDisk.remove(path)
        }

        fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            if let Err(error) = self.step() {
                ThisDisk.write_new(path, &bytes[..bytes.len() / 2])?;
                return Err(error);
            }
            ThisDisk.write_new(path, bytes)
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.step()?;
            ThisDisk.rename(from, to)
        }

        fn sync_folder(&self, folder: &Path) -> io::Result<()> {
            self.step()?;
            ThisDisk.sync_folder(folder)
        }
    }

    /// A folder for one test.
    fn folder(name: &str) -> PathBuf {
        let name = format!("anonchat-disk-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    #[test]
    fn wherever_it_stops_there_is_the_old_file_or_the_new_one_whole() {
        let folder = folder("stops");
        let (path, temporary) = (folder.join("file"), folder.join("file.tmp"));
        let mut found = Vec::new();
        for step in 0..4 {
            replace(&ThisDisk, &path, &temporary, b"the old one").expect("written");
            let disk = Failing { left: AtomicUsize::new(step) };
            replace(&disk, &path, &temporary, b"the new one").expect_err("stopped");
            found.push(fs::read(&path).expect("a file"));
        }
        replace(&ThisDisk, &path, &temporary, b"another").expect("what was left is no obstacle");
        assert_eq!(fs::read(&path).expect("a file"), b"another");
        assert!(!temporary.exists());
        fs::remove_dir_all(&folder).expect("removed");
        let (old, new) = (b"the old one".to_vec(), b"the new one".to_vec());
        assert_eq!(found, [old.clone(), old.clone(), old, new]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("mode");
        let (path, temporary) = (folder.join("file"), folder.join("file.tmp"));
        fs::write(&path, "an old one that all may read").expect("written");
        replace(&ThisDisk, &path, &temporary, b"new").expect("written");
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        fs::remove_dir_all(&folder).expect("removed");
        assert_eq!(mode & 0o777, 0o600);
    }
}
