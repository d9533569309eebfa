#!/bin/sh
# Starts Redis as a store, not as a cache: every write goes to the append-only file, and nothing is ever evicted (when memory
# is full, writes are refused). The password goes into a file, so that no list of processes shows it.
set -eu
umask 077
cat > /tmp/redis.conf <<END
bind * -::*
requirepass $REDIS_PASSWORD
dir /data
appendonly yes
appendfsync $REDIS_APPENDFSYNC
maxmemory $REDIS_MAXMEMORY
maxmemory-policy noeviction
END
exec redis-server /tmp/redis.conf
