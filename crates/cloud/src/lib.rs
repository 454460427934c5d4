//! The server: app pages, accounts, registry, signalling, mail and relay in one process.
