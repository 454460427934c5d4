//! Accounts that are in a cloud's database before it starts: `person-0`, `person-1` and so on, whose user
//! names have no dash, all with one password that is hashed once.

use cloud::config::Config;
use cloud::db::accounts::NewAccount;
use cloud::db::{self, Db};
use cloud::hasher::Hasher;
use cloud::random::Random;
use cloud::secrets::Secrets;

/// Makes the data folder with so many of them; the database stays open for what else is to be in it.
pub(crate) async fn add(config: &Config, n_people: u32, password: &str) -> Db {
    std::fs::create_dir_all(&config.data_dir).expect("writable");
    let db = Db::open(config).await.expect("a new database");
    let secrets = Secrets::load_or_make(&config.data_dir, Random).expect("writable");
    let hasher = Hasher::new(&secrets, &config.limits).expect("the usual cost");
    let hash = hasher.hash(password.to_owned().into()).await;
    let hash = hash.expect("an idle machine");
    let mut tx = db.begin().await.expect("nobody else writes");
    for n in 0..n_people {
        let (id, name) = (format!("person-{n}"), format!("person{n}"));
        let email = format!("{name}@example.org");
        let new = NewAccount {
            id: &id,
            user_name: &name,
            user_name_key: &name,
            email: &email,
            email_key: &email,
            password_hash: &hash,
        };
        db::accounts::insert(&mut tx, &new, 0)
            .await
            .expect("a new account");
    }
    tx.commit().await.expect("room on the disk");
    db
}
