// The first session of the README over gRPC, from another language: node session.mjs GRPC_HOST:PORT HTTP_URL
// Ends with 0 when everything is answered as the contract says; otherwise it says what was not, and ends with 1.
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { getProtoPath } from 'google-proto-files';
import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const [target = '127.0.0.1:8081', http = 'http://127.0.0.1:8080'] = process.argv.slice(2);
const callTimeout = 5_000;
const patience = 20_000;

const protos = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'protos');
const definition = protoLoader.loadSync(
  [
    'platform/connections/v1/invitations_service.proto',
    'platform/messaging/v1/messaging_service.proto',
    'platform/feed/v1/posts_service.proto',
    'platform/feed/v1/home_feed_service.proto',
    'google/rpc/status.proto',
    'google/rpc/error_details.proto',
  ],
  {
    includeDirs: [protos, path.join(getProtoPath(), '..')],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
  },
);
const { platform } = grpc.loadPackageDefinition(definition);

/** A development token of deploy/local; elsewhere tokens come from the identity system. */
async function tokenOf(member) {
  const answer = await fetch(`${http}/dev/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ member_id: member }),
    signal: AbortSignal.timeout(callTimeout),
  });
  assert.equal(answer.status, 200, `POST /dev/token answered ${answer.status}`);
  return (await answer.json()).token;
}

/** A member, who calls each service with their own token. */
class Member {
  constructor(id, token) {
    this.id = id;
    this.metadata = new grpc.Metadata();
    this.metadata.set('authorization', `Bearer ${token}`);
    const client = Service => new Service(target, grpc.credentials.createInsecure());
    this.invitations = client(platform.connections.v1.InvitationsService);
    this.messaging = client(platform.messaging.v1.MessagingService);
    this.posts = client(platform.feed.v1.PostsService);
    this.homeFeed = client(platform.feed.v1.HomeFeedService);
  }

  static async named(id) {
    return new Member(id, await tokenOf(id));
  }

  /** One unary call, within its time. */
  call(service, method, request) {
    return new Promise((resolve, reject) =>
      service[method](
        { member_id: this.id, ...request },
        this.metadata,
        { deadline: Date.now() + callTimeout },
        (error, answer) => (error ? reject(error) : resolve(answer)),
      ),
    );
  }

  close() {
    for (const client of [this.invitations, this.messaging, this.posts, this.homeFeed]) client.close();
  }
}

/** The reason code of a refusal: the ErrorInfo of the google.rpc.Status that travels in a trailer. */
function reasonOf(error) {
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
  if (!bytes) return `no details: ${error}`;
  const status = definition['google.rpc.Status'].deserialize(bytes);
  const info = status.details.find(
    detail => detail['@type'] === 'type.googleapis.com/google.rpc.ErrorInfo' || detail.type_url?.endsWith('ErrorInfo'),
  );
  if (!info) return `no ErrorInfo: ${error}`;
  return info.reason ?? definition['google.rpc.ErrorInfo'].deserialize(info.value).reason;
}

async function refusal(call) {
  try {
    await call;
  } catch (error) {
    return reasonOf(error);
  }
  return 'answered';
}

/** Fan-out takes a moment: asks until it holds. */
async function eventually(what, holds) {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(50)) {
    if (await holds()) return;
  }
  throw new Error(`not within ${patience / 1000} s: ${what}`);
}

function step(text) {
  console.log(text);
}

const run = Date.now().toString(36);
const alice = await Member.named(`alice-${run}`);
const bob = await Member.named(`bob-${run}`);

const { invitation } = await alice.call(alice.invitations, 'sendInvitation', {
  invitee_id: bob.id,
  note: 'We met at the summit',
});
step(`${alice.id} invited ${bob.id}`);

assert.equal(
  await refusal(alice.call(alice.messaging, 'startConversation', { other_member_ids: [bob.id] })),
  'NOT_FIRST_DEGREE',
);
step('before it is accepted, nobody is written to: NOT_FIRST_DEGREE');

await bob.call(bob.invitations, 'acceptInvitation', { invitation_id: invitation.invitation_id });
step(`${bob.id} and ${alice.id} are connected`);

const { conversation } = await alice.call(alice.messaging, 'startConversation', {
  other_member_ids: [bob.id],
});
const stream = bob.messaging.subscribe({ member_id: bob.id }, bob.metadata, {
  deadline: Date.now() + patience,
});
const first = new Promise((resolve, reject) => stream.once('data', resolve).once('error', reject));
const received = new Promise((resolve, reject) => {
  stream.on('data', event => event.message_sent?.text === 'Hello' && resolve(event.message_sent));
  stream.on('error', reject);
  stream.on('end', () => reject(new Error('the stream of messages ended')));
});
received.catch(() => {}); // it is awaited below
await first; // says where the stream begins: what is sent from here on is on it
const sent = await alice.call(alice.messaging, 'sendMessage', {
  conversation_id: conversation.conversation_id,
  text: 'Hello',
  request_id: `hello-${run}`,
});
const again = await alice.call(alice.messaging, 'sendMessage', {
  conversation_id: conversation.conversation_id,
  text: 'Hello',
  request_id: `hello-${run}`,
});
assert.equal(again.message.number, sent.message.number, 'a send that is repeated is the same message');
assert.equal((await received).number, sent.message.number, 'the stream shows the message that was sent');
stream.removeAllListeners('error');
stream.on('error', () => {}); // cancelling is told as an error
stream.cancel();
step(`${bob.id} received message ${sent.message.number} on the stream`);

const { post } = await alice.call(alice.posts, 'createPost', {
  text: 'Hiring two engineers #dotnet',
  audience: 'POST_AUDIENCE_EVERYONE',
});
await eventually('the post is in the feed', async () => {
  const page = await bob.call(bob.homeFeed, 'listHomeFeed', { page_size: 10 });
  const entry = page.entries.find(candidate => candidate.post.post_id === post.post_id);
  return entry?.reasons.some(reason => reason.kind === 'FEED_REASON_KIND_CONNECTION');
});
step(`post ${post.post_id} is in the feed of ${bob.id}, because they are connected`);

alice.close();
bob.close();
