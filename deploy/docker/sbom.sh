#!/usr/bin/env bash
# Writes what each image has of NuGet, with versions, hashes and licences, as CycloneDX documents: FOLDER/feed.cdx.json and so
# on. The base image is not among it: whoever keeps the images adds that with a scanner of images.
# usage: deploy/docker/sbom.sh [FOLDER]      (artifacts/sbom by default; needs `dotnet tool restore` and a restored solution)
set -euo pipefail
folder="$(realpath -m "${1:-artifacts/sbom}")"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
version="$(sed -nE 's:.*<Version>(.*)</Version>.*:\1:p' Directory.Build.props)"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
for project in services/connections/Platform.Connections services/follows/Platform.Follows services/messaging/Platform.Messaging \
    services/feed/Platform.Feed gateway/Platform.Gateway; do
    service="$(basename "$(dirname "$project")")"
    # no serial number: the same packages give the same document, but for its time
    dotnet dotnet-CycloneDX "$project.csproj" --disable-package-restore --no-serial-number --output-format Json --spec-version 1.6 \
        --set-name "platform-$service" --set-version "$version" --set-type Container \
        --output "$folder" --filename "$service.cdx.json" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
    echo "$folder/$service.cdx.json  $(grep -c '"purl"' "$folder/$service.cdx.json") packages"
done
