FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags '-s -w' -o /servicesbot ./cmd/servicesbot

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /servicesbot /servicesbot
USER 65532:65532
ENTRYPOINT ["/servicesbot"]
