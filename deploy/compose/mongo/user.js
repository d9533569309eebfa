// Runs once, on an empty volume: the user of the services, who may read and write their databases and nothing else.
const prefix = process.env.PLATFORM_DATABASE_PREFIX;
db.getSiblingDB("admin").createUser({
  user: "platform",
  pwd: process.env.PLATFORM_MONGO_PASSWORD,
  roles: ["connections", "messaging", "feed"].map((name) => ({ role: "readWrite", db: prefix + name })),
});
