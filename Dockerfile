# Grafana with the plugin in it (target grafana) and the simulator (target simulator), for docker-compose.yml.

FROM node:22.21.1-bookworm-slim AS pages
WORKDIR /src
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY .config .config
COPY src src
COPY plugin.json webpack.config.ts tsconfig.json README.md CHANGELOG.md LICENSE ./
RUN npm run build

FROM golang:1.26.8-bookworm AS go
WORKDIR /src
ENV GOFLAGS=-buildvcs=false GOWORK=off
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY package.json plugin.json Magefile.go ./
COPY src/plugin.json src/plugin.json
COPY pkg pkg

FROM go AS backend
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go tool mage buildBackend

FROM go AS simulator-build
COPY stack stack
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go -C stack build -o /simulator ./cmd/simulator

FROM alpine:3.22.2 AS simulator
COPY --from=simulator-build /simulator /usr/local/bin/simulator
USER nobody
ENTRYPOINT ["simulator"]

FROM grafana/grafana:13.2.2 AS grafana
# The panel is nested in the data source's directory; Grafana finds both, and both are unsigned.
ENV GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS=flowsteps-windmill-datasource,flowsteps-windmill-panel
COPY --from=pages /src/dist /var/lib/grafana/plugins/flowsteps-windmill-datasource
COPY --from=backend /src/dist /var/lib/grafana/plugins/flowsteps-windmill-datasource
