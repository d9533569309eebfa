#!/usr/bin/env bash
# Publishes the five deployables for Linux, each into a folder of its own: FOLDER/connections, FOLDER/gateway and so on, with
# the program in `app` and an empty `data`.
# usage: deploy/docker/publish.sh FOLDER [ARCHITECTURE]     (amd64 or arm64; that of this machine by default)
set -euo pipefail
folder="$(realpath -m "${1:?usage: publish.sh FOLDER [ARCHITECTURE]}")"
architecture="${2:-}"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# For one runtime, so that the native libraries of others stay out; the shared runtime itself comes with the base image.
options=(--configuration Release --os linux --self-contained false --nologo --verbosity quiet -p:DebugType=none -p:PublishDocumentationFiles=false -p:RunAnalyzers=false)
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
chmod -R a+rX "$folder"
