#!/bin/sh
# A private PostgreSQL for one run of the tests: `postgres.sh FOLDER`.
#
# FOLDER holds everything, its socket too; there is no TCP port. The caller holds FOLDER/start while
# this runs and FOLDER/users (shared) for as long as it uses the instance. A guard takes the
# instance and its files away once nobody has held FOLDER/users for some seconds, so it dies with the
# run, however that ends. It is safe for nothing but tests: fsync is off.
set -eu
folder=$1
bin=
for candidate in /usr/lib/postgresql/*/bin "$(dirname "$(command -v postgres || echo /nowhere/postgres)")"; do
    [ -x "$candidate/initdb" ] && bin=$candidate
done
if [ -z "$bin" ]; then
    echo "PostgreSQL is missing: install the Debian package 'postgresql' (apt-get install postgresql)" >&2
    exit 1
fi

# PostgreSQL refuses to run as root, so it then runs as nobody.
as=
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
    as='setpriv --reuid=nobody --regid=nogroup --clear-groups --'
    owner=nobody
fi

rm -rf "$folder/data"
mkdir "$folder/data"
chown "$owner" "$folder/data"
chmod 755 "$folder"
cd "$folder/data"
$as "$bin/initdb" --pgdata="$folder/data/cluster" --username=test --auth=trust \
    --encoding=UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 || {
    cat "$folder/initdb.log" >&2
    exit 1
}
$as "$bin/pg_ctl" --pgdata="$folder/data/cluster" --log="$folder/data/server.log" --wait --silent \
    --options="-c listen_addresses= -c unix_socket_directories=$folder/data -c fsync=off \
        -c synchronous_commit=off -c full_page_writes=off -c max_connections=400 \
        -c shared_buffers=64MB" start </dev/null >/dev/null 2>&1 || {
    cat "$folder/data/server.log" >&2
    exit 1
}
postmaster=$(head -n 1 "$folder/data/cluster/postmaster.pid")

setsid sh -c '
    folder=$1 postmaster=$2 idle=0
    # A machine whose first process reaps nothing, as in a container, keeps it as a zombie for ever.
    lives() { read -r _ _ state _ <"/proc/$postmaster/stat" && [ "$state" != Z ]; }
    exec 9>"$folder/start"
    # Idle for so long, and still so when nobody can begin: whoever came in between keeps it.
    while :; do
        while [ "$idle" -lt 15 ]; do
            sleep 1
            if flock --nonblock "$folder/users" true; then idle=$((idle + 1)); else idle=0; fi
        done
        flock 9
        flock --nonblock "$folder/users" true && break
        flock --unlock 9
        idle=0
    done
    kill -QUIT "$postmaster"
    while lives; do sleep 0.1; done
    rm -rf "$folder/data" "$folder/initdb.log"
' guard "$folder" "$postmaster" </dev/null >/dev/null 2>&1 9>&- &
