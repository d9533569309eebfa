#!/bin/bash
# Starts MongoDB as a replica set of one, with users. The servers of a replica set know each other by a key; with one server
# nobody else needs to know it, so each start makes its own.
set -eu
umask 077
head -c 96 /dev/urandom | base64 -w 0 > /tmp/replica-set.key
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile /tmp/replica-set.key --bind_ip_all
