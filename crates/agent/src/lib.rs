//! The on-site program: pulls recorders and fans out to viewers.
