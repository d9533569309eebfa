#!/bin/bash
# Healthy when it takes writes. The first time, this makes the replica set; while the image sets itself up, it fails.
export HOME=/tmp
exec mongosh --quiet --norc admin --eval '
  db.auth(process.env.MONGO_INITDB_ROOT_USERNAME, process.env.MONGO_INITDB_ROOT_PASSWORD);
  try {
    rs.status();
  } catch (error) {
    if (error.codeName !== "NotYetInitialized") throw error;
    rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] });
  }
  quit(db.hello().isWritablePrimary ? 0 : 1);'
