-- When a recorder that somebody owns had no link: what its owner reads about its connection.

CREATE TABLE outages (
    serial   TEXT   NOT NULL REFERENCES recorders (serial) ON DELETE CASCADE,
    began_at BIGINT NOT NULL,
    ended_at BIGINT, -- NULL while it lasts
    PRIMARY KEY (serial, began_at)
);
