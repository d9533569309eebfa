#!/usr/bin/env bash
# Publishes the five deployables for Linux, each into a folder of its own: FOLDER/connections, FOLDER/gateway and so on, with
# the program in `app` and an empty `data`.
# usage: deploy/docker/publish.sh FOLDER [ARCHITECTURE]     (amd64 or arm64; that of this machine by default)
# The same sources and the same SDK give the same bytes, wherever the repository lies: REVISION (a commit) is written into the
# programs, SOURCE_DATE_EPOCH (seconds since 1970) is the time of every file. Packages are those of the lock files, or it fails.
set -euo pipefail
folder="$(realpath -m "${1:?usage: publish.sh FOLDER [ARCHITECTURE]}")"
architecture="${2:-}"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# For one runtime, so that the native libraries of others stay out; the shared runtime itself comes with the base image.
options=(--configuration Release --os linux --self-contained false --nologo --verbosity quiet -p:DebugType=none -p:PublishDocumentationFiles=false -p:RunAnalyzers=false)
# no path of this machine in the programs; and nothing that only a checkout with its history would know
options+=(-p:RestoreLockedMode=true -p:ContinuousIntegrationBuild=true -p:EnableSourceControlManagerQueries=false)
options+=("-p:SourceRevisionId=${REVISION:-}")
[ -z "$architecture" ] || options+=(--arch "$architecture")

publish() {
    local service="$1" project="$2" name
    name="$(basename "$project" .csproj)"
    rm -rf "${folder:?}/$service"
    mkdir -p "$folder/$service/data"
    dotnet publish "$project" "${options[@]}" --output "$folder/$service/app"
    # the launcher knows its program by name, not by its own: one name serves one Dockerfile
    mv "$folder/$service/app/$name" "$folder/$service/app/service"
}
publish connections services/connections/Platform.Connections.csproj
publish follows services/follows/Platform.Follows.csproj
publish messaging services/messaging/Platform.Messaging.csproj
publish feed services/feed/Platform.Feed.csproj
publish gateway gateway/Platform.Gateway.csproj
chmod -R u=rwX,go=rX "$folder"
find "$folder" -exec touch --no-dereference --date "@${SOURCE_DATE_EPOCH:-0}" {} +
