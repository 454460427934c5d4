//! Test support for databases. The integration tests include its three modules too.

#[expect(dead_code, reason = "only the tests of pages ask everything")]
pub(crate) mod catalog;
#[expect(dead_code, reason = "only the fault tests kill it")]
pub(crate) mod postgres;
pub(crate) mod statements;

use super::{Config, Db};

/// A database with all tables, where the tests run on PostgreSQL.
pub(crate) async fn database() -> Option<postgres::Database> {
    let migrate = async |url| {
        let mut config = Config::default();
        config.database.url = url;
        Db::open(&config).await.unwrap().close().await;
    };
    postgres::database(migrate).await
}

/// A database that goes away with the first value.
pub(crate) async fn fresh() -> ((tempdir::Dir, Option<postgres::Database>), Db) {
    let dir = tempdir::Dir::new();
    let mut config = Config {
        data_dir: dir.path().to_owned(),
        sign_in_reserve_bytes: 64 << 10,
        ..Config::default()
    };
    let database = database().await;
    if let Some(database) = &database {
        config.database.url.clone_from(&database.url);
    }
    let db = Db::open(&config).await.unwrap();
    ((dir, database), db)
}

/// Temporary folders for tests.
pub(crate) mod tempdir {
    use std::path::{Path, PathBuf};

    /// Removed when dropped.
    pub(crate) struct Dir(PathBuf);

    impl Dir {
        pub(crate) fn new() -> Dir {
            let path = std::env::temp_dir().join(format!("cloud-{}", crate::random::Random.id()));
            std::fs::create_dir_all(&path).unwrap();
            Dir(path)
        }

        pub(crate) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).ok();
        }
    }
}
