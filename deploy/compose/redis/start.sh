#!/bin/sh
# Starts Redis as a store, not as a cache: every write goes to the append-only file, and nothing is ever evicted (when memory
# is full, writes are refused). Sets of numeric ids stay compact up to 131,072 of them: 4 to 8 bytes a follow and direction instead
# of some 50, for about 0.03 ms of copying in the largest ones. The password goes into a file, so that no list of processes shows it.
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
set-max-intset-entries 131072
END
exec redis-server /tmp/redis.conf
