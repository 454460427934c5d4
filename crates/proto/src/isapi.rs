//! Requests to and answers of Hikvision recorders.
