#!/usr/bin/env bash
# The same session over REST with curl: session.sh HTTP_URL. Ends with 0 when everything is answered as the contract says.
set -euo pipefail
http="${1:-http://127.0.0.1:8080}"
run="$(date +%s)$$"
alice="curl-alice-$run" bob="curl-bob-$run"

fail() { echo "session.sh: $1" >&2; exit 1; }
# field NAME JSON: the first string of that name; enough for these answers, so that nothing but curl is needed
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" <<<"$2" | head -1; }
token() {
    field token "$(curl -sS --fail --max-time 5 "$http/dev/token" --json "{\"member_id\":\"$1\"}")"
}
# call TOKEN METHOD PATH [JSON]: status in $status, body in $body
call() {
    local answer
    answer="$(curl -sS --max-time 5 -w '\n%{http_code}' -X "$2" "$http$3" -H "authorization: Bearer $1" ${4:+--json "$4"})"
    status="${answer##*$'\n'}" body="${answer%$'\n'*}"
    body="$(tr -d '\n' <<<"$body")"
}
expect() { [ "$status" = "$1" ] || fail "$2: $status $body"; }

as_alice="$(token "$alice")" as_bob="$(token "$bob")"
call "$as_alice" POST /v1/invitations "{\"inviteeId\":\"$bob\",\"note\":\"We met at the summit\"}"
expect 200 "invite"
invitation="$(field invitationId "$body")"
echo "$alice invited $bob"

call "$as_alice" POST /v1/conversations "{\"otherMemberIds\":[\"$bob\"]}"
grep -q '"NOT_FIRST_DEGREE"' <<<"$body" || fail "a stranger was written to: $status $body"
echo "before it is accepted, nobody is written to: NOT_FIRST_DEGREE"

call "$as_bob" POST "/v1/invitations/$invitation:accept" '{}'
expect 200 "accept"
echo "$bob and $alice are connected"

call "$as_alice" POST /v1/conversations "{\"otherMemberIds\":[\"$bob\"]}"
expect 200 "start a conversation"
conversation="$(field conversationId "$body")"
# a stream is one JSON document a line, as they come; the first says where it begins
events="$(mktemp)"
curl -sS -N --max-time 30 "$http/v1/messaging/events" -H "authorization: Bearer $as_bob" >"$events" &
stream=$!
trap 'kill $stream 2>/dev/null || true; rm -f "$events"' EXIT
# shows TEXT: a line of the stream has it, at the latest after 10 s
shows() {
    local end=$((SECONDS + 10))
    until grep -q "$1" "$events"; do
        [ $SECONDS -lt $end ] || fail "the stream does not show $1: $(cat "$events")"
        sleep 0.1
    done
}
shows cursor
call "$as_alice" POST "/v1/conversations/$conversation/messages" '{"text":"Hello"}'
expect 200 "send"
shows '"Hello"'
echo "$bob received the message on the stream"
call "$as_bob" GET "/v1/conversations/$conversation/messages"
grep -q 'Hello' <<<"$body" || fail "the message is not there: $status $body"
echo "$bob has the message"

call "$as_alice" POST /v1/posts '{"text":"Hiring two engineers #dotnet","audience":"POST_AUDIENCE_EVERYONE"}'
expect 200 "post"
post="$(field postId "$body")"
end=$((SECONDS + 20))
until call "$as_bob" GET "/v1/feed?page_size=10"; grep -q "$post" <<<"$body"; do
    [ $SECONDS -lt $end ] || fail "post $post is not in the feed: $status $body"
    sleep 0.2
done
echo "post $post is in the feed of $bob"
