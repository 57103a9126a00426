# An image of Sluice that runs as nobody in particular. Mount a config at /etc/sluice/lb.yaml.
FROM node:20-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends cmake g++ make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN node scripts/setup.mjs --run-only \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20-bookworm-slim
# PID 1 has to take in the processes that children of others leave behind; tini does, and passes
# signals on.
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s /opt/sluice/bin/sluice /usr/local/bin/sluice
WORKDIR /opt/sluice
COPY --from=build /src/package.json ./package.json
COPY --from=build /src/bin ./bin
COPY --from=build /src/dist ./dist
COPY --from=build /src/build/Release ./build/Release
COPY --from=build /src/node_modules ./node_modules
USER node
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/sluice"]
CMD ["/etc/sluice/lb.yaml"]
