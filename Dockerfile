# docker buildx build --platform linux/amd64,linux/arm64 \
#   --build-arg VERSION=v1.2.3 --build-arg COMMIT="$(git rev-parse HEAD)" -t servicesbot .
#
# The base is pinned by tag and digest, so that the same commit gives the same
# binary. To renew it: docker buildx imagetools inspect golang:1.26.8-bookworm
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm@sha256:a688600ca24f8a4d3ca77f95b0dd40704a9fc787c826660eb7ba0b641b8b175d AS build
WORKDIR /src
ENV CGO_ENABLED=0 GOTOOLCHAIN=local
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download && go mod verify
COPY . .
ARG TARGETOS TARGETARCH VERSION COMMIT
# Time zones are compiled in: there are none in the image.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false -tags timetzdata \
    -ldflags "-s -w -buildid= -X main.version=$VERSION -X main.commit=$COMMIT" \
    -o /servicesbot ./cmd/servicesbot

FROM scratch
ARG VERSION COMMIT
LABEL org.opencontainers.image.title="servicesbot" \
      org.opencontainers.image.description="Answers in Slack what a customer bought, from WHMCS" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /servicesbot /servicesbot
COPY LICENSE /LICENSE
USER 65532:65532
# Only the check below asks there; set another address to publish /metrics.
ENV HTTP_ADDR=127.0.0.1:8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD ["/servicesbot", "health"]
ENTRYPOINT ["/servicesbot"]
