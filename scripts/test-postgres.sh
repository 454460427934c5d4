#!/usr/bin/env bash
# A throw-away PostgreSQL in FOLDER for the tests; the caller keeps its standard input open.
# Prints "ready" when it answers. Reads one command per line, and answers each with "ready": `kill` ends
# all its processes at once, `start` starts it again, `pause` and `resume` freeze and thaw it. At the end
# of the input, and so also when the tests crash or are interrupted, it stops and removes FOLDER.
# With ssl=on it has a certificate for localhost in FOLDER/data/server.crt. With disk=MB it has its own
# disk, which `fill` fills and `free` frees again; it prints "no disk" if none can be mounted.
# Usage: test-postgres.sh FOLDER [setting=value...]
set -euo pipefail
trap '' INT TERM HUP
folder=$1
shift
exec 3>&1 >"$folder.log" 2>&1

bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
if [ -z "$bin" ]; then
  echo "PostgreSQL is not installed; make setup installs it." >&3
  exit 1
fi
# initdb refuses to run as root.
as_user=(setpriv --pdeathsig QUIT)
[ "$(id -u)" -ne 0 ] || as_user+=(--reuid postgres --regid postgres --clear-groups)

finish() {
  [ -z "${postmaster:-}" ] || { kill -CONT "$postmaster" $(children); kill -QUIT "$postmaster"; wait "$postmaster"; } 2>/dev/null || true
  [ -z "$disk" ] || umount "$folder/data" || true
  rm -rf "$folder" "$folder.log"
}
trap finish EXIT
disk=

children() { ps -o pid= --ppid "$postmaster" || true; }

launch() {
  # It is faster without fsync, and a killed process loses nothing anyway; only a power cut would.
  "${as_user[@]}" "$bin/postgres" -D "$folder/data" -k "$folder" -c fsync=off -c max_connections=300 \
    "${settings[@]}" </dev/null 3>&- &
  postmaster=$!
}

start() {
  local tries=50
  launch
  until "$bin/pg_isready" -q -h "$folder" -p "$port" -d postgres -U peerview; do
    if ! kill -0 "$postmaster"; then
      # A process that a killed postmaster had just begun keeps its shared memory until it notices.
      [ $((tries -= 1)) -gt 0 ] || { tail -n 5 "$folder.log" >&3; exit 1; }
      sleep 0.2
      launch
    fi
    sleep 0.05
  done
}

kill_all() {
  local everybody
  everybody="$postmaster $(children)"
  kill -KILL $everybody
  wait "$postmaster" || true
  for pid in $everybody; do
    while ps -o stat= -p "$pid" | grep -qv '^Z'; do sleep 0.02; done
  done
}

# Frees the disk. As an operator would do, it then starts PostgreSQL if it has stopped.
free() {
  rm -f "$folder/data/ballast"
  if ! kill -0 "$postmaster" 2>/dev/null || ! "$bin/pg_isready" -q -t 5 -h "$folder" -p "$port"; then
    kill -QUIT "$postmaster" 2>/dev/null && wait "$postmaster" || true
    start
  fi
}

settings=(-c "listen_addresses=")
port=5432 ssl=off
for setting in "$@"; do
  case $setting in
    port=*) port=${setting#port=} ;;
    ssl=on) ssl=on ;;
    # Little space is reserved for the log, so that it reaches the end of the disk too.
    disk=*) disk=${setting#disk=}; settings+=(-c min_wal_size=2MB -c max_wal_size=4MB); continue ;;
  esac
  settings+=(-c "$setting")
done
mkdir -p "$folder/data"
if [ -n "$disk" ] && ! mount -t tmpfs -o "size=${disk}m" tmpfs "$folder/data"; then
  disk=
  echo "no disk" >&3
  exit 0
fi
[ "$(id -u)" -ne 0 ] || chown -R postgres:postgres "$folder"
chmod 700 "$folder/data"
"${as_user[@]}" "$bin/initdb" -D "$folder/data" ${disk:+--wal-segsize=1} -U peerview --auth=trust --no-sync --locale=C -E UTF8
if [ $ssl = on ]; then
  "${as_user[@]}" openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
    -keyout "$folder/data/server.key" -out "$folder/data/server.crt"
fi
start
echo ready >&3
while read -r command; do
  case $command in
    kill)   kill_all ;;
    start)  start ;;
    pause)  kill -STOP "$postmaster" $(children) ;;
    fill)   dd if=/dev/zero of="$folder/data/ballast" bs=64k || true ;;
    free)   free ;;
    resume) kill -CONT "$postmaster" $(children) ;;
  esac
  echo ready >&3
done
