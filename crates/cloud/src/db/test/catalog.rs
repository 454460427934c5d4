//! Reads the database's own catalog of tables, with different queries for SQLite and PostgreSQL. The tests in
//! `tests` use this file too.

use cloud::db::{Db, sql};

/// The names of all tables but the one that notes the migrations, and the one that only keeps room.
pub(crate) async fn tables(db: &Db) -> Vec<String> {
    let text = match db {
        Db::Sqlite(_) => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_sqlx%'"
        }
        Db::Postgres(..) => {
            "SELECT tablename::TEXT FROM pg_tables
             WHERE schemaname = 'public' AND tablename NOT LIKE '_sqlx%' AND tablename <> 'sign_in_reserve'"
        }
    };
    sql::query_scalar(text)
        .fetch_all(db.reader())
        .await
        .unwrap()
}

/// Tables with a column `account_id`, and what happens to it when the account goes.
pub(crate) async fn tables_of_accounts(db: &Db) -> Vec<(String, String)> {
    let text = match db {
        Db::Sqlite(_) => {
            r#"SELECT t.name, COALESCE(k.on_delete, 'nothing') FROM sqlite_master t
               JOIN pragma_table_info(t.name) c ON c.name = 'account_id'
               LEFT JOIN pragma_foreign_key_list(t.name) k ON k."from" = 'account_id' WHERE t.type = 'table'"#
        }
        Db::Postgres(..) => {
            "SELECT c.table_name::TEXT, COALESCE(k.delete_rule::TEXT, 'nothing') FROM information_schema.columns c
             LEFT JOIN (information_schema.referential_constraints k
                        JOIN information_schema.key_column_usage u ON u.constraint_name = k.constraint_name)
                    ON u.table_name = c.table_name AND u.column_name = 'account_id'
             WHERE c.table_schema = 'public' AND c.column_name = 'account_id'"
        }
    };
    sql::query_as(text).fetch_all(db.reader()).await.unwrap()
}

/// The columns of a table, by name.
pub(crate) async fn columns(db: &Db, table: &str) -> Vec<String> {
    let text = match db {
        Db::Sqlite(_) => "SELECT name FROM pragma_table_info($1) ORDER BY name",
        Db::Postgres(..) => {
            "SELECT column_name::TEXT FROM information_schema.columns WHERE table_name = $1 ORDER BY column_name"
        }
    };
    sql::query_scalar(text)
        .bind(table)
        .fetch_all(db.reader())
        .await
        .unwrap()
}

/// Every row of a table, these columns as text with `|` between them.
pub(crate) async fn rows_as_text(db: &Db, table: &str, columns: &[String]) -> Vec<String> {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("COALESCE(CAST({column} AS TEXT), '')"))
        .collect();
    let text = format!(
        "SELECT {} FROM {table} /* a test */",
        columns.join(" || '|' || ")
    );
    sql::query_scalar(Box::leak(text.into_boxed_str()))
        .fetch_all(db.reader())
        .await
        .unwrap()
}
