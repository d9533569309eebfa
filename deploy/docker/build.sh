#!/usr/bin/env bash
# Builds the images platform-connections, platform-follows, platform-messaging, platform-feed and platform-gateway.
set -euo pipefail
usage() {
    cat <<'END'
usage: deploy/docker/build.sh [--prebuilt] [--tag TAG] [--base IMAGE] [--sdk IMAGE] [--name PREFIX] [SERVICE...]
  --prebuilt     compile with the .NET SDK of this machine and only copy the result; without it, an SDK image compiles
  --tag TAG      the images' tag (default: dev)
  --base IMAGE   the ASP.NET Core runtime to build on (default: that of deploy/docker/Dockerfile)
  --sdk IMAGE    what compiles (likewise)
  --name PREFIX  what the images' names begin with, such as registry.example/team/platform- (default: platform-)
  SERVICE        connections, follows, messaging, feed or gateway (default: all of them)
END
}

prebuilt=false tag=dev prefix=platform-
base= sdk=
services=()
while [ $# -gt 0 ]; do
    case "$1" in
        --prebuilt) prebuilt=true ;;
        --tag) tag="${2:?--tag takes a tag}"; shift ;;
        --base) base="${2:?--base takes an image}"; shift ;;
        --sdk) sdk="${2:?--sdk takes an image}"; shift ;;
        --name) prefix="${2:?--name takes a prefix}"; shift ;;
        -h | --help) usage; exit 0 ;;
        connections | follows | messaging | feed | gateway) services+=("$1") ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
[ ${#services[@]} -gt 0 ] || services=(connections follows messaging feed gateway)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# where BuildKit is not installed, the builder of old does as well
docker buildx version >/dev/null 2>&1 || export DOCKER_BUILDKIT=0

version="$(sed -nE 's:.*<Version>(.*)</Version>.*:\1:p' Directory.Build.props)"
export REVISION SOURCE_DATE_EPOCH
REVISION="$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)"
# of the commit and not of the day: BuildKit gives it to what it writes, publish.sh to the files
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}"
published=artifacts/images
if $prebuilt; then
    deploy/docker/publish.sh "$published"
fi
# says nothing unless it fails
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
build() { docker build "$@" >"$log" 2>&1 || { tail -n 60 "$log" >&2; exit 1; }; }
for service in "${services[@]}"; do
    # the gateway listens where its own settings say
    ports=8080
    [ "$service" != gateway ] || ports=
    arguments=(
        --file deploy/docker/Dockerfile --tag "$prefix$service:$tag"
        --build-arg "SERVICE=$service" --build-arg "HTTP_PORTS=$ports"
        --build-arg "VERSION=$version" --build-arg "REVISION=$REVISION"
    )
    [ -z "$base" ] || arguments+=(--build-arg "ASPNET_IMAGE=$base")
    if $prebuilt; then
        build --target prebuilt "${arguments[@]}" "$published/$service"
    else
        [ -z "$sdk" ] || arguments+=(--build-arg "SDK_IMAGE=$sdk")
        build --target compiled "${arguments[@]}" --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH" .
    fi
    docker image inspect --format "$prefix$service:$tag {{.Size}}" "$prefix$service:$tag" |
        awk '{ printf "%s  %.0f MB\n", $1, $2 / 1e6 }'
done
