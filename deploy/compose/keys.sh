#!/usr/bin/env bash
# Makes what compose.yaml needs and what cannot have a default: .env with random passwords, the key with which the services
# sign their tokens, and a trial key for members' tokens. What is there already is never changed.
# usage: ./keys.sh [FOLDER]      (where .env and keys/ are made: beside this file by default)
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="${1:-$here}"
command -v openssl >/dev/null || { echo "keys.sh needs openssl" >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"

# Only the folder keeps others out: a container's user reads the files themselves, and has another number than yours.
[ -d keys ] || mkdir -m 700 keys
pair() {
    if [ ! -e "keys/$1.key" ]; then
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "keys/$1.key"
        openssl pkey -in "keys/$1.key" -pubout -out "keys/$1.pub"
        chmod 644 "keys/$1.key" "keys/$1.pub"
        echo "made keys/$1.key and keys/$1.pub"
    fi
}
pair services

if [ ! -e .env ]; then
    (umask 077; cp "$here/.env.example" .env)
    chmod 600 .env
    echo "made .env"
fi
# fill NAME VALUE: sets a setting that is empty
fill() {
    if grep -q "^$1=$" .env; then
        # through a file and not an argument of another program: those can be read in the list of processes
        while IFS= read -r line || [ -n "$line" ]; do
            [ "$line" = "$1=" ] && printf '%s=%s\n' "$1" "$2" || printf '%s\n' "$line"
        done < .env > .env.new
        cat .env.new > .env && rm .env.new
        echo "set $1"
    fi
}
umask 077
# compose takes paths from the folder of compose.yaml
keys="$PWD/keys"
[ "$PWD" != "$here" ] || keys=./keys
fill PLATFORM_KEYS "$keys"
for name in PLATFORM_MONGO_ROOT_PASSWORD PLATFORM_MONGO_PASSWORD PLATFORM_REDIS_PASSWORD PLATFORM_GRAFANA_PASSWORD; do
    fill "$name" "$(openssl rand -hex 24)"
done
if grep -q '^PLATFORM_MEMBERS_ISSUER=$' .env; then
    pair trial
    fill PLATFORM_MEMBERS_ISSUER trial
    fill PLATFORM_MEMBERS_PUBLIC_KEYS "$keys/trial.pub"
    echo "Members' tokens are signed with keys/trial.key: for a trial only. See docs/operations/install-compose.md."
fi
